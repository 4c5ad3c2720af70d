/**
 * Photos: taken, kept, sent and shown. A draft outlives the app, so its photo must too: a file of the app's own in
 * WeChat, IndexedDB in a browser.
 */
import { sha256 } from 'js-sha256'
import { NoAnswer, type Answer } from '../api/client'
import { FileLost, type Original, type PhotoJob } from './drafts'
import { BASE, inTurn } from './native'
import { exifOf, fitted, isHeic, isTooMuch, LONG_SIDE, marked } from './pictures'

// As long as the server waits for a body: a photo takes minutes on a weak network.
const UPLOAD_MS = 1_200_000

export interface Taken { file: string; n_bytes: number; original?: Original }

/** Named by its time: what nobody names any more is swept by age. */
const fresh = () => `photo-${Date.now()}-${Math.floor(Math.random() * 1e9)}`
const madeAt = (file: string) => Number(/photo-(\d+)-/.exec(file)?.[1] ?? NaN)
/** Why the photo cannot go as it is. */
function why(start: Uint8Array, nBytes: number, nWaiting: number): Original['why'] | null {
  if (isTooMuch(nBytes, nWaiting)) return 'large'
  return isHeic(start) ? 'heic' : null
}

/** Opens the camera and keeps the original; where that is too much, or nothing others can show, a JPEG in its place.
 *  `nWaiting` is what waits on this phone already, in bytes. Null when the person changed their mind. */
export function shoot(nWaiting: number): Promise<Taken | null> {
  let kept: Promise<Taken | null> = Promise.resolve(null)
  // #ifdef MP-WEIXIN
  kept = new Promise<{ tempFilePath: string; size: number } | null>((resolve) => {
    uni.chooseMedia({
      count: 1, mediaType: ['image'], sourceType: ['camera'], sizeType: ['original'], camera: 'back',
      success: ({ tempFiles }) => resolve(tempFiles[0] ?? null),
      fail: () => resolve(null),
    })
  }).then((shot) => shot && keepShot(shot.tempFilePath, shot.size, nWaiting))
  // #endif
  // #ifdef H5
  kept = new Promise<File | null>((resolve) => {
    uni.chooseImage({
      count: 1, sourceType: ['camera'], sizeType: ['original'],
      success: ({ tempFiles }) => resolve((tempFiles as File[])[0] ?? null),
      fail: () => resolve(null),
    })
  }).then((file) => file && keepBlob(file, nWaiting))
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
  files.unlink({ filePath: file, fail: () => {} })
  // #endif
  // #ifdef H5
  void dropBlob(file)
  // #endif
}

/** Every photo that is kept, with when it came. */
export async function keptFiles(): Promise<{ file: string; made_at: number }[]> {
  let names: Promise<string[]> = Promise.resolve([])
  // #ifdef MP-WEIXIN
  names = new Promise((resolve) => {
    files.readdir({ dirPath: FOLDER, success: (it) => resolve(it.files.map((name) => `${FOLDER}/${name}`)), fail: () => resolve([]) })
  })
  // #endif
  // #ifdef H5
  names = blobs('readonly').then(async (all) => (await settled(all.getAllKeys())).map(String)).catch(() => [])
  // #endif
  return (await names).map((file) => ({ file, made_at: madeAt(file) })).filter((it) => Number.isFinite(it.made_at))
}

// #ifdef MP-WEIXIN
interface FileSystem {
  readFile(args: { filePath: string; position?: number; length?: number; success(it: { data: ArrayBuffer }): void; fail(): void }): void
  writeFile(args: { filePath: string; data: ArrayBuffer; success(): void; fail(): void }): void
  saveFile(args: { tempFilePath: string; filePath: string; success(): void; fail(): void }): void
  access(args: { path: string; success(): void; fail(): void }): void
  readdir(args: { dirPath: string; success(it: { files: string[] }): void; fail(): void }): void
  unlink(args: { filePath: string; fail(): void }): void
}
const files = uni.getFileSystemManager() as unknown as FileSystem
const FOLDER = (uni as unknown as { env: { USER_DATA_PATH: string } }).env.USER_DATA_PATH

function bytesOf(filePath: string, range: { position?: number; length?: number } = {}): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    files.readFile({ filePath, ...range, success: (it) => resolve(new Uint8Array(it.data)), fail: () => reject(new FileLost()) })
  })
}

/** A JPEG of it; for `large` no longer than what fits. */
async function compressed(src: string, reason: Original['why']): Promise<string> {
  const { width, height } = await new Promise<{ width: number; height: number }>((resolve, reject) => {
    uni.getImageInfo({ src, success: resolve, fail: reject })
  })
  const size = reason === 'large' ? fitted(width, height, LONG_SIDE) : { width, height }
  return new Promise((resolve, reject) => {
    uni.compressImage({
      src, quality: reason === 'large' ? 85 : 92, compressedWidth: size.width, compressedHeight: size.height,
      success: (it) => resolve(it.tempFilePath), fail: reject,
    })
  })
}

async function keepShot(temporary: string, nBytes: number, nWaiting: number): Promise<Taken> {
  const file = `${FOLDER}/${fresh()}.jpg`
  const reason = why(await bytesOf(temporary, { position: 0, length: 12 }).catch(() => new Uint8Array()), nBytes, nWaiting)
  if (reason) {
    try {
      const shot = await bytesOf(temporary)
      const original: Original = { sha256: sha256(shot), n_bytes: nBytes, why: reason }
      const data = marked(await bytesOf(await compressed(temporary, reason)), original, exifOf(shot))
      await new Promise<void>((resolve, reject) => files.writeFile({ filePath: file, data: data.buffer as ArrayBuffer, success: resolve, fail: reject }))
      return { file, n_bytes: data.length, original }
    } catch {
      // The phone cannot: the original goes as it is.
    }
  }
  await new Promise<void>((resolve, reject) => {
    files.saveFile({ tempFilePath: temporary, filePath: file, success: resolve, fail: () => reject(new Error('手机存储空间不足，照片没有存下，请清理后再拍')) })
  })
  return { file, n_bytes: nBytes }
}
// #endif

/** One file a call; the answer is always text. */
export async function upload(photo: PhotoJob, key: string, token: string | null): Promise<Answer> {
  const form: Record<string, string> = { ticket: photo.ticket ?? '', taken_at: photo.taken_at, source: 'camera' }
  if (photo.location) form.location = JSON.stringify(photo.location)
  let source: { filePath?: string; files?: { name: string; file: File; uri: string }[] } = { filePath: photo.file }
  // #ifdef MP-WEIXIN
  const isThere = await new Promise<boolean>((resolve) => {
    files.access({ path: photo.file, success: () => resolve(true), fail: () => resolve(false) })
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

async function keepBlob(file: Blob, nWaiting: number): Promise<Taken> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const reason = why(bytes.subarray(0, 12), bytes.length, nWaiting)
  const redrawing = reason ? await redrawn(file, bytes, reason).catch(() => null) : null
  // The bytes, not the handle: the file behind a handle may be gone tomorrow.
  const copy = redrawing?.blob ?? new Blob([bytes], { type: file.type })
  const name = fresh()
  try {
    await settled((await blobs('readwrite')).put(copy, name))
  } catch {
    throw new Error('手机存储空间不足，照片没有存下，请清理后再拍')
  }
  return { file: name, n_bytes: copy.size, original: redrawing?.original }
}

/** A JPEG of it, where the browser can read it. */
async function redrawn(file: Blob, bytes: Uint8Array, reason: Original['why']): Promise<{ blob: Blob; original: Original }> {
  const picture = await createImageBitmap(file)
  const { width, height } = reason === 'large' ? fitted(picture.width, picture.height, LONG_SIDE) : picture
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height)
  const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', reason === 'large' ? 0.85 : 0.92))
  if (!drawn) throw new Error('not drawn')
  const original: Original = { sha256: sha256(bytes), n_bytes: bytes.length, why: reason }
  return { blob: new Blob([marked(new Uint8Array(await drawn.arrayBuffer()), original, exifOf(bytes)) as BlobPart], { type: 'image/jpeg' }), original }
}

const readBlob = async (name: string) => settled<Blob | undefined>((await blobs('readonly')).get(name)).then((it) => it ?? null)
const dropBlob = async (name: string) => { await settled((await blobs('readwrite')).delete(name)) }
// #endif
