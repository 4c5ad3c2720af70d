/** What every screen has to keep, measured on the screen itself: targets a thumb can hit, and text that can be read. */

/** Runs in the page. Returns sentences, one a breach. */
export function audit() {
  const breaches = []
  const isShown = (it) => {
    const box = it.getBoundingClientRect()
    const style = getComputedStyle(it)
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && style.opacity !== '0'
  }
  const named = (it) => `${it.className || it.tagName} "${(it.textContent || it.getAttribute('aria-label') || '').trim().slice(0, 20)}"`

  // 44 px each way.
  const targets = '[role="button"], [role="tab"], [role="checkbox"], .app-button, .chip, uni-input, uni-textarea'
  for (const it of document.querySelectorAll(targets)) {
    if (!isShown(it)) continue
    const { width, height } = it.getBoundingClientRect()
    if (Math.min(width, height) < 43.5) breaches.push(`${named(it)} is ${Math.round(width)} × ${Math.round(height)}`)
  }

  // WCAG 2.1 AA: 4.5 to 1, 3 to 1 for large text.
  const colour = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number)
    return { r, g, b, a }
  }
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 })
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((it) => (it / 255 <= 0.03928 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const behind = (it) => {
    const layers = []
    for (let at = it; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor)
      if (layer.a > 0) layers.push(layer)
      if (layer.a === 1) break
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 })
  }
  const fade = (it) => {
    let all = 1
    for (let at = it; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity)
    return all
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const it = node.parentElement
    if (!node.textContent.trim() || !isShown(it) || it.closest('[aria-disabled="true"], .off, script, style')) continue
    const style = getComputedStyle(it)
    const ground = behind(it)
    const ink = over({ ...colour(style.color), a: colour(style.color).a * fade(it) }, ground)
    const [a, b] = [light(ink), light(ground)]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    const size = parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600)
    if (contrast < (isLarge ? 3 : 4.5)) breaches.push(`${named(it)} has a contrast of ${contrast.toFixed(2)}`)
  }

  // Nothing runs out of the screen.
  if (document.documentElement.scrollWidth > screen.width + 1) breaches.push(`the screen is ${document.documentElement.scrollWidth} wide`)
  return [...new Set(breaches)]
}
