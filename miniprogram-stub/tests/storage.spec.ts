import { beforeEach, describe, expect, it } from 'vitest'
import type { PhotoJob } from '../src/platform/drafts'
import { Shots } from '../src/platform/shots'
import { Shelf, StorageFull } from '../src/platform/storage'

const HOUR = 3600_000
let disk: Map<string, string>
let room: number
let now: number
let shelf: Shelf

beforeEach(() => {
  disk = new Map()
  room = Infinity
  now = 1_000 * HOUR
  shelf = new Shelf({
    get: (name) => disk.get(name) ?? null,
    set: (name, text) => {
      const others = [...disk].filter(([it]) => it !== name).reduce((sum, [, it]) => sum + it.length, 0)
      if (others + text.length > room) throw new Error('QuotaExceededError')
      disk.set(name, text)
    },
    remove: (name) => { disk.delete(name) },
    names: () => [...disk.keys()],
  }, () => now)
})

const ticket = (name: string, until: number, left = ['a']) =>
  shelf.set(`tickets.${name}`, JSON.stringify({ until: new Date(until).toISOString(), left }))

describe('the storage of a phone', () => {
  it('gives back what was copied', () => {
    shelf.keepCopy('u.list', { a: '1|2' })
    expect(shelf.copy('u.list')).toEqual({ a: '1|2' })
    expect(shelf.copy('u.other')).toBeNull()
  })

  it('reads a copy that is no longer readable as none', () => {
    disk.set('copy.u.list', '{"a":')
    expect(shelf.copy('u.list')).toBeNull()
  })

  it('drops copies by age, and tickets that serve no photo', () => {
    shelf.keepCopy('old', 1)
    now += 73 * HOUR
    shelf.keepCopy('young', 1)
    ticket('over', now - 1)
    ticket('spent', now + HOUR, [])
    ticket('good', now + HOUR)
    shelf.set('draft.x', 'x')
    shelf.prune()
    expect([...disk.keys()].sort()).toEqual(['copy.young', 'draft.x', 'tickets.good'])
  })

  it('makes room for what a person wrote: the oldest copy first, and no more than it takes', () => {
    shelf.keepCopy('a', 'x'.repeat(100))
    now += HOUR
    shelf.keepCopy('b', 'x'.repeat(100))
    ticket('good', now + HOUR)
    room = [...disk.values()].join('').length
    shelf.set('draft.x', 'x'.repeat(50))
    expect([...disk.keys()].sort()).toEqual(['copy.b', 'draft.x', 'tickets.good'])
  })

  it('says that it is full, and keeps what a person wrote before', () => {
    shelf.set('draft.x', 'x'.repeat(100))
    shelf.keepCopy('a', 1)
    room = 110
    expect(() => shelf.set('draft.y', 'y'.repeat(50))).toThrow(StorageFull)
    expect(shelf.keep('draft.y', 'y'.repeat(50))).toBe(false)
    expect([...disk.keys()]).toEqual(['draft.x'])
  })

  it('goes without a copy where there is no room for it', () => {
    shelf.set('draft.x', 'x'.repeat(100))
    room = 100
    shelf.keepCopy('a', 1)
    expect([...disk.keys()]).toEqual(['draft.x'])
  })
})

describe('a shot', () => {
  let files: Set<string>
  let shots: Shots
  const job = (file: string, subject = 'c1'): PhotoJob => {
    files.add(file)
    return { file, purpose: 'storefront', subject_type: 'customer', subject_id: subject, taken_at: '', location: null }
  }
  const keep = (it: PhotoJob, owner = 'rep-01') => shots.keep({ job: it, owner, title: '签到 A', screen: '/pages/store/check-in?customer=c1' })

  beforeEach(() => {
    files = new Set()
    shots = new Shots(shelf, () => now, (file) => files.delete(file))
  })

  it('is there after the app was killed between the shutter and the tap, with where it goes on', () => {
    keep(job('a.jpg'))
    const after = new Shots(shelf, () => now, () => {})
    expect(after.find('storefront', 'c1')!.job.file).toBe('a.jpg')
    expect(after.all('rep-01').map((it) => it.screen)).toEqual(['/pages/store/check-in?customer=c1'])
    expect(after.all('rep-02')).toEqual([])
  })

  it('takes the place of the one before', () => {
    keep(job('a.jpg'))
    keep(job('b.jpg'))
    expect([...files]).toEqual(['b.jpg'])
    expect(shots.all('rep-01')).toHaveLength(1)
  })

  it('that is handed in keeps its file: the draft names it', () => {
    const it = job('a.jpg')
    keep(it)
    shots.release(it)
    expect(shots.all('rep-01')).toEqual([])
    expect([...files]).toEqual(['a.jpg'])
  })

  it('keeps the one before where the phone is full', () => {
    keep(job('a.jpg'))
    room = 10
    expect(() => keep(job('b.jpg'))).toThrow(StorageFull)
    expect(shots.find('storefront', 'c1')!.job.file).toBe('a.jpg')
  })

  it('and its file go after two days, and so do files nobody names', () => {
    keep(job('old.jpg', 'c2'))
    const old = now
    now += 49 * HOUR
    keep(job('kept.jpg'))
    const there = ['old.jpg', 'kept.jpg', 'drafted.jpg', 'lost.jpg'].map((file) => ({ file, made_at: old }))
    there.forEach(({ file }) => files.add(file))
    const swept = shots.sweep([...there, { file: 'just-now.jpg', made_at: now - 60_000 }], ['drafted.jpg'])
    expect(swept).toEqual(['old.jpg', 'lost.jpg'])
    expect([...files].sort()).toEqual(['drafted.jpg', 'kept.jpg'])
    expect(shots.all('rep-01').map((it) => it.job.file)).toEqual(['kept.jpg'])
  })
})
