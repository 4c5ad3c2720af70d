/** Bytes of photos. Pure: what a device decodes and encodes comes from `native`. */
import type { Original } from './drafts'

/** The server takes no more in one photo. */
export const LARGEST_BYTES = 20_000_000
/** So much may wait on one phone as shot; what is shot after that is made smaller. */
export const WAITING_BYTES = 100_000_000
export const LONG_SIDE = 1600

/** Must the next photo be made smaller? */
export const isTooMuch = (nBytes: number, nWaiting: number): boolean =>
  nBytes > LARGEST_BYTES || nWaiting + nBytes > WAITING_BYTES

/** HEIF and its kin: an ISO box `ftyp` with one of their brands. Many programs cannot show them. */
export function isHeic(start: Uint8Array): boolean {
  const text = String.fromCharCode(...start.subarray(4, 12))
  return /^ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/.test(text)
}

/** The size that fits, with its proportions. */
export function fitted(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** A JPEG that was drawn anew, with what it was made of: the EXIF of the original, unless it has one, and a comment with
 *  the sum of the original, which travels with the picture and is sealed with it. The pixels stay as they are. */
export function marked(jpeg: Uint8Array, of: Original, exif: Uint8Array | null = null): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return jpeg
  const words = `gugan original sha256=${of.sha256} bytes=${of.n_bytes} why=${of.why}`
  const length = words.length + 2
  const comment = Uint8Array.of(0xff, 0xfe, length >> 8, length & 0xff, ...Array.from(words, (it) => it.charCodeAt(0)))
  // Behind the first segment, which readers expect to be JFIF or EXIF.
  const first = jpeg[2] === 0xff && (jpeg[3]! & 0xf0) === 0xe0 ? 4 + (jpeg[4]! << 8 | jpeg[5]!) : 2
  const parts = [jpeg.subarray(0, first), ...(exif && !exifOf(jpeg) ? [exif] : []), comment, jpeg.subarray(first)]
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

// EXIF: where and when a photo was shot goes with the picture that is sent in its place.

const POINTERS = [0x8769, 0x8825, 0xa005]
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
const ORIENTATION = 0x0112
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0]

/** The EXIF of a JPEG or HEIC as a JPEG's segment, upright like the pixels that were drawn anew. Null without one. */
export function exifOf(bytes: Uint8Array): Uint8Array | null {
  for (let at = bytes.indexOf(EXIF[0]!); at >= 0; at = bytes.indexOf(EXIF[0]!, at + 1)) {
    if (!EXIF.every((it, i) => bytes[at + i] === it)) continue
    const tiff = bytes.slice(at + 6, at + 6 + 0x10000)
    const length = upright(tiff)
    const size = length + 8
    if (length && size <= 0xffff) return Uint8Array.of(0xff, 0xe1, size >> 8, size & 0xff, ...EXIF, ...tiff.subarray(0, length))
  }
  return null
}

/** Turns what a TIFF says of its orientation upright, forgets its thumbnail, and tells where it ends. 0 for no TIFF. */
function upright(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const isLittle = tiff[0] === 0x49 && tiff[1] === 0x49
  if (tiff.length < 8 || (!isLittle && !(tiff[0] === 0x4d && tiff[1] === 0x4d)) || view.getUint16(2, isLittle) !== 42) return 0
  const open = [view.getUint32(4, isLittle)]
  let end = 8
  for (let at = open.pop(), n = 0; at !== undefined && n < 8; at = open.pop(), n++) {
    if (at + 2 > tiff.length) return 0
    const nEntries = view.getUint16(at, isLittle)
    const next = at + 2 + nEntries * 12
    if (next + 4 > tiff.length) return 0
    for (let entry = at + 2; entry < next; entry += 12) {
      const tag = view.getUint16(entry, isLittle)
      const size = (SIZES[view.getUint16(entry + 2, isLittle)] ?? 0) * view.getUint32(entry + 4, isLittle)
      const value = view.getUint32(entry + 8, isLittle)
      if (tag === ORIENTATION) view.setUint16(entry + 8, 1, isLittle)
      else if (POINTERS.includes(tag)) open.push(value)
      else if (size > 4) end = Math.max(end, value + size)
    }
    view.setUint32(next, 0, isLittle)
    end = Math.max(end, next + 4)
  }
  return end <= tiff.length ? end : 0
}
