/** The only file with powers of the device. Conditional comments keep one half of each function per target. */
import { reactive } from 'vue'
import { NoAnswer, type Answer, type Request } from '../api/client'
import { learn, nowText, remember } from './clock'
import { FileLost, type Location, type PhotoJob } from './drafts'

/** Where the server is; in a browser the page's own origin. */
const BASE = import.meta.env.VITE_API_BASE ?? ''
const REQUEST_MS = 20_000
// As long as the server waits for a body: a photo takes minutes on a weak network.
const UPLOAD_MS = 1_200_000

// Requests. WeChat allows 10 under way of each kind; the rest wait here, not in its error handler.

const AT_ONCE = 8
let nUnderWay = 0
const queued: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
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
  if (aheadMs !== (shelf.get('clock') ?? '0')) shelf.set('clock', aheadMs)
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

export const shelf = {
  get: (name: string): string | null => (uni.getStorageSync(`gugan.${name}`) as string) || null,
  set: (name: string, text: string): void => { uni.setStorageSync(`gugan.${name}`, text) },
  remove: (name: string): void => { uni.removeStorageSync(`gugan.${name}`) },
}

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

// Photos. A draft outlives the app, so its photo must too: a saved file in WeChat, IndexedDB in a browser.

/** Opens the camera and keeps the original. Null when the person changed their mind. */
export function shoot(): Promise<string | null> {
  let kept: Promise<string | null> = Promise.resolve(null)
  // #ifdef MP-WEIXIN
  kept = new Promise<string | null>((resolve) => {
    uni.chooseMedia({
      count: 1, mediaType: ['image'], sourceType: ['camera'], sizeType: ['original'], camera: 'back',
      success: ({ tempFiles }) => resolve(tempFiles[0]?.tempFilePath ?? null),
      fail: () => resolve(null),
    })
  }).then((temporary) => temporary && new Promise<string>((resolve, reject) => {
    uni.getFileSystemManager().saveFile({
      tempFilePath: temporary, success: (it) => resolve(it.savedFilePath), fail: () => reject(new Error('手机存储空间不足，请清理后再拍')),
    })
  }))
  // #endif
  // #ifdef H5
  kept = new Promise<File | null>((resolve) => {
    uni.chooseImage({
      count: 1, sourceType: ['camera'], sizeType: ['original'],
      success: ({ tempFiles }) => resolve((tempFiles as File[])[0] ?? null),
      fail: () => resolve(null),
    })
  }).then((file) => file && keepBlob(file))
  // #endif
  return kept
}

/** An address an image can show; null when the file is gone. */
export function preview(file: string): Promise<string | null> {
  let address: Promise<string | null> = Promise.resolve(file)
  // #ifdef H5
  address = readBlob(file).then((blob) => blob && URL.createObjectURL(blob))
  // #endif
  return address
}

export function dropFile(file: string): void {
  // #ifdef MP-WEIXIN
  uni.getFileSystemManager().removeSavedFile({ filePath: file, fail: () => {} })
  // #endif
  // #ifdef H5
  void dropBlob(file)
  // #endif
}

/** One file a call; the answer is always text. */
export async function upload(photo: PhotoJob, key: string, token: string | null): Promise<Answer> {
  const form: Record<string, string> = { ticket: photo.ticket ?? '', taken_at: photo.taken_at, source: 'camera' }
  if (photo.location) form.location = JSON.stringify(photo.location)
  let source: { filePath?: string; files?: { name: string; file: File; uri: string }[] } = { filePath: photo.file }
  // #ifdef MP-WEIXIN
  const isThere = await new Promise<boolean>((resolve) => {
    uni.getFileSystemManager().access({ path: photo.file, success: () => resolve(true), fail: () => resolve(false) })
  })
  if (!isThere) throw new FileLost()
  // #endif
  // #ifdef H5
  const blob = await readBlob(photo.file)
  if (!blob) throw new FileLost()
  // Only as a list: given alone, a file without a path is sent and reported as failed.
  source = { files: [{ name: 'file', file: new File([blob], 'photo.jpg', { type: blob.type }), uri: '' }] }
  // #endif
  return inTurn(() => new Promise((resolve, reject) => {
    uni.uploadFile({
      ...source, url: `${BASE}/api/v1/photos`, name: 'file', formData: form, timeout: UPLOAD_MS,
      header: { 'Idempotency-Key': key, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      success: ({ statusCode, data }) =>
        statusCode ? resolve({ status: statusCode, body: parsed(data) }) : reject(new NoAnswer()),
      fail: () => reject(new NoAnswer()),
    })
  }))
}

/** A stored photo as an address an image can show; `beside` is the doubtful one that names it. */
export function download(id: string, token: string | null, beside?: string): Promise<string | null> {
  return inTurn(() => new Promise((resolve) => {
    uni.downloadFile({
      url: `${BASE}/api/v1/photos/${id}/content${beside ? `?beside=${beside}` : ''}`,
      header: token ? { Authorization: `Bearer ${token}` } : {},
      success: (it) => resolve(it.statusCode === 200 ? it.tempFilePath : null),
      fail: () => resolve(null),
    })
  }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

// #ifdef H5
let opening: Promise<IDBDatabase> | undefined

function blobs(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open('gugan', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore('photos')
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  return opening.then((db) => db.transaction('photos', mode).objectStore('photos'))
}

function settled<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

async function keepBlob(file: Blob): Promise<string> {
  // The bytes, not the handle: the file behind a handle may be gone tomorrow.
  const copy = new Blob([await file.arrayBuffer()], { type: file.type })
  const name = `photo-${Date.now()}-${Math.floor(Math.random() * 1e9)}`
  await settled((await blobs('readwrite')).put(copy, name))
  return name
}

const readBlob = async (name: string) => settled<Blob | undefined>((await blobs('readonly')).get(name)).then((it) => it ?? null)
const dropBlob = async (name: string) => { await settled((await blobs('readwrite')).delete(name)) }
// #endif

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
