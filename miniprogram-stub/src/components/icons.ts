/** Own icons: 24-unit strokes, drawn as a mask so that they take the colour of their text. */
const PATHS: Record<string, string> = {
  list: 'M8 6h12M8 12h12M8 18h12M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  truck: 'M2 6h12v10H2zM14 10h4l4 3.5V16h-8zM6.5 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17.5 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  todo: 'M4 4h16v16H4zM8 12l3 3 5-6',
  bell: 'M6 10a6 6 0 0 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7zM10 20.5h4',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5c0-4 3.6-6 8-6s8 2 8 6',
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  phone: 'M5 3h4l1.5 5L8 10c1 2.5 3.500 5 6 6l2-2.500 5 1.500v4c0 1-1 2-2 2C11 21 3 13 3 5c0-1 1-2 2-2z',
  pin: 'M12 21.500c-4-4.500-7-8-7-11.500a7 7 0 0 1 14 0c0 3.500-3 7-7 11.500zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  right: 'M9 5l7 7-7 7',
  check: 'M4.500 12.500l5 5 10-11',
  minus: 'M5 12h14',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  chat: 'M4 5h16v12h-9l-4 3.500V17H4zM8 11h.01M12 11h.01M16 11h.01',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  spark: 'M12 3l2.500 6.500L21 12l-6.500 2.500L12 21l-2.500-6.500L3 12l6.500-2.500z',
  alert: 'M12 4l9.500 16h-19zM12 10v4.500M12 17.200h.01',
  cloud: 'M7 19a4.500 4.500 0 0 1-.500-9 6 6 0 0 1 11.500 1.500A3.800 3.800 0 0 1 18 19M12 20v-7M9 15.500l3-3 3 3',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.500 2',
  refresh: 'M20 11a8 8 0 0 0-14.500-4L3 9.500M3 4v5.500h5.500M4 13a8 8 0 0 0 14.500 4l2.500-2.500M21 20v-5.500h-5.500',
  store: 'M4 10v10h16V10M3 10l2-6h14l2 6c0 3-4.500 3-4.500 0 0 3-4.500 3-4.500 0 0 3-4.500 3-4.500 0 0 3-4.500 3-4.500 0zM10 20v-5h4v5',
  signal: 'M4 20v-3M9 20v-7M14 20V9M19 20V4',
  team: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c0-3.500 3-5 6.500-5s6.500 1.500 6.500 5M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.800c2.200.700 3.500 2.200 3.500 4.700',
}

export type IconName = keyof typeof PATHS

export function mask(name: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'><path d='${PATHS[name] ?? ''}'/></svg>`
  return encodeURIComponent(svg).replace(/'/g, '%27').replace(/\(/g, '%28').replace(/\)/g, '%29')
}
