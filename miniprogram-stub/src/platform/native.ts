/** Powers of the device; those over photos are in `camera.ts`, and no other file has any. Conditional comments keep one
 *  half of each function per target. */
import { reactive } from 'vue'
import { NoAnswer, type Answer, type Request } from '../api/client'
import { learn, now, nowText, remember } from './clock'
import type { Location } from './drafts'
import { Shelf } from './storage'

/** Where the server is; in a browser the page's own origin. */
export const BASE = import.meta.env.VITE_API_BASE ?? ''
const REQUEST_MS = 20_000

// Requests. WeChat allows 10 under way of each kind; the rest wait here, not in its error handler.

const AT_ONCE = 8
let nUnderWay = 0
const queued: (() => void)[] = []

export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (nUnderWay >= AT_ONCE) await new Promise<void>((go) => queued.push(go))
  nUnderWay += 1
  try {
    return await work()
  } finally {
    nUnderWay -= 1
    queued.shift()?.()
  }
}

type Headers = Record<string, unknown> | undefined

function headerOf(headers: Headers, wanted: string): string | undefined {
  const name = Object.keys(headers ?? {}).find((it) => it.toLowerCase() === wanted)
  return name ? String(headers?.[name]) : undefined
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headerOf(headers, 'retry-after') ?? NaN)
  return Number.isFinite(seconds) ? seconds : undefined
}

/** Sets the clock by an answer; kept, so that a start without signal knows it too. */
function setClock(headers: Headers): void {
  const aheadMs = String(learn(headerOf(headers, 'x-server-time')))
  if (aheadMs !== (shelf.get('clock') ?? '0')) shelf.keep('clock', aheadMs)
}

/** `success` runs for any status; `fail` means that no answer came. */
export function send({ method, url, headers, body }: Request): Promise<Answer> {
  return inTurn(() => new Promise((resolve, reject) => {
    uni.request({
      url: BASE + url,
      method: method.toUpperCase() as 'GET' | 'PUT' | 'POST',
      header: headers,
      data: body as object | undefined,
      timeout: REQUEST_MS,
      success: ({ statusCode, data, header }) => {
        setClock(header)
        if (statusCode) resolve({ status: statusCode, body: data, retryAfterS: retryAfter(header) })
        else reject(new NoAnswer())
      },
      fail: () => reject(new NoAnswer()),
    })
  }))
}

// Storage

const OWN = 'gugan.'

export const shelf = new Shelf({
  get: (name) => (uni.getStorageSync(OWN + name) as string) || null,
  set: (name, text) => {
    uni.setStorageSync(OWN + name, text)
    // Some phones drop what has no room without a word.
    if (uni.getStorageSync(OWN + name) !== text) throw new Error('no room')
  },
  remove: (name) => uni.removeStorageSync(OWN + name),
  names: () => uni.getStorageInfoSync().keys.filter((it) => it.startsWith(OWN)).map((it) => it.slice(OWN.length)),
}, now)

remember(Number(shelf.get('clock') ?? 0))

// Privacy. WeChat asks once before the first place or photo; its answer must come from a button of its own kind.

export const privacy = reactive({ isAsked: false, name: '《隐私保护指引》', open: () => {} })
let answerWith: ((answer: { event: string; buttonId?: string }) => void) | undefined

export function answerPrivacy(isAgreed: boolean): void {
  answerWith?.(isAgreed ? { event: 'agree', buttonId: 'privacy-agree' } : { event: 'disagree' })
  answerWith = undefined
  privacy.isAsked = false
}

// #ifdef MP-WEIXIN
interface WithPrivacy {
  onNeedPrivacyAuthorization?(heard: (answer: NonNullable<typeof answerWith>) => void): void
  openPrivacyContract?(args: object): void
}
const platform = uni as unknown as WithPrivacy
privacy.open = () => platform.openPrivacyContract?.({})
platform.onNeedPrivacyAuthorization?.((answer) => {
  answerWith = answer
  privacy.isAsked = true
})
// #endif

// Login

/** WeChat's login code, fresh each time. None in a browser, which has no WeChat. */
export function wechatCode(): Promise<string | null> {
  let code: Promise<string | null> = Promise.resolve(null)
  // #ifdef MP-WEIXIN
  code = new Promise((resolve) => {
    uni.login({ provider: 'weixin', success: (it) => resolve(it.code || null), fail: () => resolve(null) })
  })
  // #endif
  return code
}

export function isWechat(): boolean {
  let answer = false
  // #ifdef MP-WEIXIN
  answer = true
  // #endif
  return answer
}

// Place

export type Found = { place: Location } | { why: 'refused' | 'unavailable' }

const TRIES_MS = 8_000

/** Where the phone is, read once. A refusal is an answer: whoever says no can go on without. */
export function locate(): Promise<Found> {
  let found: Promise<Found> = Promise.resolve({ why: 'unavailable' })
  // #ifdef MP-WEIXIN
  found = new Promise((resolve) => {
    uni.getLocation({
      type: 'gcj02',
      isHighAccuracy: true,
      highAccuracyExpireTime: 4000,
      success: (it) => resolve({ place: {
        lat: it.latitude, lng: it.longitude, system: 'gcj02', accuracy_m: it.accuracy, captured_at: nowText(),
      } }),
      fail: ({ errMsg }) => resolve({ why: /auth|privacy|deny/i.test(errMsg ?? '') ? 'refused' : 'unavailable' }),
    })
  })
  // #endif
  // #ifdef H5
  found = new Promise((resolve) => {
    if (!navigator.geolocation) return resolve({ why: 'unavailable' })
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ place: {
        lat: coords.latitude, lng: coords.longitude, system: 'wgs84', accuracy_m: coords.accuracy, captured_at: nowText(),
      } }),
      ({ code }) => resolve({ why: code === 1 ? 'refused' : 'unavailable' }),
      { enableHighAccuracy: true, timeout: TRIES_MS, maximumAge: 0 },
    )
  })
  // #endif
  return found
}

/** The settings page, where a refused permission is given back. */
export function openSettings(): void {
  // #ifdef MP-WEIXIN
  uni.openSetting({})
  // #endif
  // #ifdef H5
  uni.showModal({ title: '打开定位', content: '请在浏览器地址栏左侧的网站设置里允许定位，然后重试。', showCancel: false })
  // #endif
}

// The network

export function onNetwork(heard: (isOnline: boolean) => void): void {
  uni.getNetworkType({ success: ({ networkType }) => heard(networkType !== 'none') })
  uni.onNetworkStatusChange(({ isConnected }) => heard(isConnected))
}

// Messages. WeChat takes at most five templates, from a tap only, and one yes is one message.

/** What the person said to each template. Call it first in a tap's handler: WeChat refuses it after a wait. */
export function askToNotify(templates: string[]): Promise<Record<string, string>> {
  let said: Promise<Record<string, string>> = Promise.resolve({})
  // #ifdef MP-WEIXIN
  said = new Promise((resolve) => {
    uni.requestSubscribeMessage({
      tmplIds: templates.slice(0, 5),
      success: (answers) => {
        const entries = Object.entries(answers as unknown as Record<string, string>)
        resolve(Object.fromEntries(entries.filter(([id]) => templates.includes(id))))
      },
      fail: () => resolve({}),
    })
  })
  // #endif
  // #ifdef H5
  said = new Promise((resolve) => {
    uni.showModal({
      title: '允许骨干给您发微信提醒？', content: '每同意一次，可以收到一条。', confirmText: '允许', cancelText: '暂不',
      success: ({ confirm }) => resolve(Object.fromEntries(templates.map((id) => [id, confirm ? 'accept' : 'reject']))),
    })
  })
  // #endif
  return said
}

// Small things

export function call(phone: string): void {
  uni.makePhoneCall({ phoneNumber: phone, fail: () => {} })
}

export function openMap(place: { lat: number; lng: number }, name: string): void {
  // #ifdef MP-WEIXIN
  uni.openLocation({ latitude: place.lat, longitude: place.lng, name })
  // #endif
  // #ifdef H5
  window.open(`https://uri.amap.com/marker?position=${place.lng},${place.lat}&name=${encodeURIComponent(name)}`)
  // #endif
}

export function say(text: string): void {
  uni.showToast({ title: text, icon: 'none', duration: 2200 })
}

/** What must not be missed: it stays until it is read. */
export function alarm(title: string, content: string): void {
  // #ifdef MP-WEIXIN
  uni.vibrateLong({})
  // #endif
  uni.showModal({ title, content, showCancel: false, confirmText: '知道了' })
}

export function confirm(title: string, content: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({ title, content, confirmText: yes, cancelText: '取消', success: (it) => resolve(it.confirm) })
  })
}

export function pulse(): void {
  // #ifdef MP-WEIXIN
  uni.vibrateShort({})
  // #endif
}
