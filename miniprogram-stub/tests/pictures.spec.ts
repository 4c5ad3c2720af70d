import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exifOf, fitted, isHeic, isTooMuch, marked } from '../src/platform/pictures'

const bytes = (text: string) => Uint8Array.from(text, (it) => it.charCodeAt(0))

describe('a photo', () => {
  it('is HEIC by its first bytes, whatever its name', () => {
    for (const brand of ['heic', 'heix', 'mif1', 'hevc']) expect(isHeic(bytes(`\0\0\0\x18ftyp${brand}`))).toBe(true)
    expect(isHeic(bytes('\0\0\0\x18ftypisom'))).toBe(false)
    expect(isHeic(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1))).toBe(false)
    expect(isHeic(new Uint8Array())).toBe(false)
  })

  it('goes as it is up to 20 MB, and while no more than 100 MB wait', () => {
    expect(isTooMuch(20_000_000, 0)).toBe(false)
    expect(isTooMuch(20_000_001, 0)).toBe(true)
    expect(isTooMuch(1, 99_999_999)).toBe(false)
    expect(isTooMuch(2, 99_999_999)).toBe(true)
  })

  it('is made to fit with its proportions, and never larger', () => {
    expect(fitted(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 })
    expect(fitted(3000, 4000, 1600)).toEqual({ width: 1200, height: 1600 })
    expect(fitted(800, 600, 1600)).toEqual({ width: 800, height: 600 })
  })

  it('carries the sum of its original as a comment behind its first segment', () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 9, 9)
    const it = marked(jpeg, { sha256: 'ab', n_bytes: 3, why: 'heic' })
    const words = 'gugan original sha256=ab bytes=3 why=heic'
    expect([...it]).toEqual([...jpeg.slice(0, 8), 0xff, 0xfe, 0, words.length + 2, ...bytes(words), ...jpeg.slice(8)])
    const bare = marked(Uint8Array.of(0xff, 0xd8, 0xff, 0xdb, 0, 2), { sha256: 'ab', n_bytes: 3, why: 'large' })
    expect([...bare.slice(0, 4)]).toEqual([0xff, 0xd8, 0xff, 0xfe])
    const png = Uint8Array.of(0x89, 0x50)
    expect(marked(png, { sha256: 'ab', n_bytes: 3, why: 'large' })).toBe(png)
  })

  /** A TIFF with an orientation of 6, a text out of line, a GPS directory, and a thumbnail behind. */
  function tiff(isLittle: boolean): Uint8Array {
    const view = new DataView(new ArrayBuffer(120))
    const put = (at: number, tag: number, type: number, n: number, value: number) => {
      view.setUint16(at, tag, isLittle)
      view.setUint16(at + 2, type, isLittle)
      view.setUint32(at + 4, n, isLittle)
      if (type === 3) view.setUint16(at + 8, value, isLittle)
      else view.setUint32(at + 8, value, isLittle)
    }
    view.setUint16(0, isLittle ? 0x4949 : 0x4d4d)
    view.setUint16(2, 42, isLittle)
    view.setUint32(4, 8, isLittle)
    view.setUint16(8, 3, isLittle)
    put(10, 0x0112, 3, 1, 6)
    put(22, 0x010f, 2, 8, 50)
    put(34, 0x8825, 4, 1, 58)
    view.setUint32(46, 100, isLittle)
    bytes('camera!').forEach((it, i) => view.setUint8(50 + i, it))
    view.setUint16(58, 1, isLittle)
    put(60, 0x0002, 5, 1, 76)
    view.setUint32(76, 30, isLittle)
    return new Uint8Array(view.buffer)
  }

  it('that is drawn anew keeps where and when it was shot, and stands upright', () => {
    for (const isLittle of [true, false]) {
      // In a HEIC the word stands once in its table of contents, too.
      const original = Uint8Array.from([...bytes('ftypheic Exif\0\0\0\0 Exif\0\0'), ...tiff(isLittle), ...bytes('pixels')])
      const exif = exifOf(original)!
      expect([...exif.slice(0, 10)]).toEqual([0xff, 0xe1, 0, 84 + 8, ...bytes('Exif\0\0')])
      const found = exif.slice(10)
      expect(found).toHaveLength(84)
      const view = new DataView(found.buffer)
      expect(view.getUint16(18, isLittle)).toBe(1)
      expect(view.getUint32(46, isLittle)).toBe(0)
      expect(view.getUint32(76, isLittle)).toBe(30)
      const drawn = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 9, 9)
      const it = marked(drawn, { sha256: 'ab', n_bytes: 3, why: 'heic' }, exif)
      expect([...it.slice(8, 8 + exif.length)]).toEqual([...exif])
      // One that has it already is left alone.
      expect(marked(it, { sha256: 'ab', n_bytes: 3, why: 'heic' }, exif).length).toBeLessThan(it.length + exif.length)
    }
  })

  it('without EXIF, or with one that is cut off, has none', () => {
    expect(exifOf(bytes('no such thing'))).toBeNull()
    for (let n = 0; n < 84; n++) expect(exifOf(Uint8Array.from([...bytes('Exif\0\0'), ...tiff(true).slice(0, n)]))).toBeNull()
    for (let i = 0; i < 300; i++) expect(() => exifOf(Uint8Array.from([...bytes('Exif\0\0II*\0'), ...randomBytes(200)]))).not.toThrow()
  })
})
