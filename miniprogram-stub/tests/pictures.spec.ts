import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fitted, isHeic, isTooMuch, marked, sha256 } from '../src/platform/pictures'

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

  it('has the sum that everybody else computes', () => {
    for (const n of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003]) {
      const some = new Uint8Array(randomBytes(n))
      expect(sha256(some)).toBe(createHash('sha256').update(some).digest('hex'))
    }
  })
})
