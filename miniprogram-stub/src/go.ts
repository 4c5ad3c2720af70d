/** Where things are. */
const query = (params: Record<string, string | null | undefined>) => {
  const text = Object.entries(params).filter(([, it]) => it).map(([name, it]) => `${name}=${encodeURIComponent(it as string)}`)
  return text.length ? `?${text.join('&')}` : ''
}

const open = (url: string) => uni.navigateTo({ url })

export const toHome = (tab?: string) => uni.reLaunch({ url: `/pages/today/index${query({ tab })}` })
/** WeChat hands parameters over as they stood in the address, a browser decoded. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
/** Where its person is, to come back there: after a login, or to do again what was refused. */
export const here = (): string | undefined => {
  const page = getCurrentPages().slice(-1)[0] as { route?: string; options?: Record<string, string> } | undefined
  const isHome = !page?.route || page.route.startsWith('pages/login/') || page.route.startsWith('pages/today/')
  if (isHome) return undefined
  const options = Object.entries(page.options ?? {}).map(([name, it]) => [name, decoded(it)])
  return `/${page.route}${query(Object.fromEntries(options))}`
}
export const toLogin = () => uni.reLaunch({ url: `/pages/login/index${query({ back: here() })}` })
export const toBack = (back: string) => (/^\/pages\/(?!login\/)[\w/-]+(\?|$)/.test(back) ? uni.reLaunch({ url: back }) : toHome())
export const toStore = (id: string, item?: string | null) => open(`/pages/store/index${query({ id, item })}`)
export const toCheckIn = (it: { customer: string; name: string; item?: string | null; visit?: string | null }) =>
  open(`/pages/store/check-in${query(it)}`)
export const toPick = (purpose: 'list' | 'visit') => open(`/pages/store/pick${query({ purpose })}`)
export const toStop = (id: string, trip: string) => open(`/pages/stop/index${query({ id, trip })}`)
export const toTodo = (id: string) => open(`/pages/todo/detail${query({ id })}`)
export const toPage = (page: string) => (page.startsWith('pages/today/') ? uni.reLaunch({ url: `/${page}` }) : open(`/${page}`))
/** Where something was written or shot; without a screen of its own it is home. */
export const toScreen = (screen?: string) => (screen ? open(screen) : toHome())
