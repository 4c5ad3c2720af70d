import { beforeEach, describe, expect, it } from 'vitest'
import { type Draft, type NewDraft, type PhotoJob } from '../src/platform/drafts'
import { Phone, states } from './fake-phone'

let phone: Phone
beforeEach(() => { phone = new Phone() })

describe('photos', () => {
  const signOff = (n: number): NewDraft => ({
    title: `第 ${n} 站`, method: 'post', path: `/api/v1/deliveries/d${n}/sign-off`, body: { signer_name: '王' },
    photos: [phone.shoot('goods', `d${n}`), phone.shoot('signed_slip', `d${n}`)],
  })

  it('resume where they stopped: one that is there is not sent again', async () => {
    let n = 0
    phone.server.fate = (path) => (path.endsWith('/photos') && ++n === 2 ? 'away' : 'ok')
    const drafts = phone.launch()
    await drafts.submit(signOff(1))
    expect(drafts.mine()[0]!.photos.map((it) => it.id)).toEqual(['photo-1', undefined])
    phone.kill()
    const later = phone.launch()
    await later.flush(true)
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.photo_ids).toEqual(['photo-1', 'photo-2'])
    expect(phone.files.size).toBe(0)
  })

  it('keep their ids when the write is refused', async () => {
    phone.server.fate = (path) => (path.endsWith('/sign-off') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const draft = await drafts.submit(signOff(1))
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key, { body: { signer_name: '李' } })
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.signer_name).toBe('李')
  })

  it('that a screen hands in again, not knowing their ids, are not sent again', async () => {
    phone.server.fate = (path) => (path.endsWith('/sign-off') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const wanted = signOff(1)
    const draft = await drafts.submit({ ...wanted, photos: wanted.photos!.map((it) => ({ ...it })) })
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key, { photos: wanted.photos })
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.photo_ids).toEqual(['photo-1', 'photo-2'])
    expect(phone.files.size).toBe(0)
  })

  it('that are taken again replace the old ones, and what hangs on the write stays', async () => {
    phone.server.fate = (path) => (path.endsWith('/photos') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const visit = drafts.add({ ...signOff(1), path: '/api/v1/visits' })
    await drafts.submit({ title: 'b', method: 'post', path: '/api/v1/visits/{after}/complete', after: visit.key })
    expect(states(drafts)).toEqual(['needs_you', 'waiting'])
    phone.server.fate = () => 'ok'
    await drafts.again(visit.key, { photos: [phone.shoot('goods', 'd1', 2)] })
    expect(states(drafts)).toEqual(['done', 'done'])
    expect([...phone.server.photos.values()]).toEqual(['d1-goods-2.jpg'])
    expect(phone.files.size).toBe(0)
  })

  it('that are gone from the phone ask their owner', async () => {
    const drafts = phone.launch()
    const draft = drafts.add(signOff(1))
    phone.files.clear()
    await drafts.flush()
    expect(drafts.get(draft.key)!.problem!.code).toBe('file_lost')
  })

  it('use the ticket they were given, unless it ended before they were begun', async () => {
    const drafts = phone.launch()
    const [goods, slip] = signOff(1).photos as [PhotoJob, PhotoJob]
    goods.ticket = 'early'
    goods.ticket_until = new Date(phone.now + 1000).toISOString()
    slip.ticket = 'over'
    slip.ticket_until = new Date(phone.now - 1000).toISOString()
    const seen: (string | undefined)[] = []
    const upload = phone.server.upload
    phone.server.upload = (photo, key) => { seen.push(photo.ticket); return upload(photo, key) }
    await drafts.submit({ ...signOff(1), photos: [goods, slip] })
    expect(seen[0]).toBe('early')
    expect(seen[1]).toMatch(/^t-/)
  })

  it('60 stops in flight mode with the app killed twice lose nothing and send nothing twice', async () => {
    phone.server.fate = () => 'away'
    let drafts = phone.launch()
    const stops = Array.from({ length: 60 }, (_, i) => i + 1)
    for (const n of stops.slice(0, 35)) void drafts.submit(signOff(n))
    await drafts.flush(true)
    phone.kill()

    drafts = phone.launch()
    expect(drafts.mine()).toHaveLength(35)
    for (const n of stops.slice(35)) void drafts.submit(signOff(n))
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)

    // The network is back, bad: every fifth answer is lost, and the app dies in the middle of an exchange.
    let n = 0
    let isDying = true
    phone.server.fate = () => {
      n += 1
      if (isDying && n === 101) { isDying = false; phone.kill() }
      return n % 5 === 0 ? 'lost' : 'ok'
    }
    const dying = drafts
    for (let i = 0; i < 40 && isDying; i++) await Promise.race([dying.flush(true), new Promise((go) => setTimeout(go, 20))])
    expect(isDying).toBe(false)

    drafts = phone.launch()
    expect(drafts.mine()).toHaveLength(60)
    for (let i = 0; i < 300 && drafts.mine().some((it: Draft) => it.state !== 'done'); i++) {
      phone.now += 300_000 / 100
      await drafts.flush(true)
    }
    expect(states(drafts)).toEqual(stops.map(() => 'done'))
    const paths = phone.server.done.map((it) => it.path)
    expect(new Set(paths).size).toBe(60)
    expect(paths).toHaveLength(60)
    expect(new Set(phone.server.photos.values()).size).toBe(120)
    expect(phone.server.photos.size).toBe(120)
    for (const { path, body } of phone.server.done) {
      const stop = path.split('/')[4]
      const files = (body.photo_ids as string[]).map((id) => phone.server.photos.get(id))
      expect(files).toEqual([`${stop}-goods-0.jpg`, `${stop}-signed_slip-0.jpg`])
    }
    expect(phone.server.mostInFlight).toBe(1)
    expect(phone.files.size).toBe(0)
  })
})
