import { beforeEach, describe, expect, it } from 'vitest'
import { NoAnswer } from '../src/api/client'
import { newKey, refused, type NewDraft } from '../src/platform/drafts'
import { Phone, states } from './fake-phone'

const note = (text: string): NewDraft => ({ title: text, method: 'post', path: `/api/v1/${text}`, body: { text } })

let phone: Phone
beforeEach(() => { phone = new Phone() })

describe('a write', () => {
  it('is on the disk under its key before the first try', async () => {
    let onDisk = ''
    const drafts = phone.launch({ send: async (_, __, ___, key) => { onDisk = phone.disk.get(`draft.${key}`) ?? ''; return { status: 200, body: {} } } })
    const draft = await drafts.submit(note('a'))
    expect(JSON.parse(onDisk).state).toBe('sending')
    expect(draft.state).toBe('done')
  })

  it('is kept without an answer, backs off with jitter, and is sent once', async () => {
    const drafts = phone.launch()
    phone.server.fate = () => 'lost'
    await drafts.submit(note('a'))
    expect(states(drafts)).toEqual(['waiting'])
    const waits = [drafts.mine()[0]!.not_before - phone.now]
    for (let i = 0; i < 3; i++) { await drafts.flush(true); waits.push(drafts.mine()[0]!.not_before - phone.now) }
    expect(waits).toEqual([1500, 3000, 6000, 12000])
    expect(phone.wakes.length).toBeGreaterThan(0)
    phone.server.fate = () => 'ok'
    await drafts.flush()
    expect(states(drafts)).toEqual(['waiting'])
    phone.now += 12_000
    await drafts.flush()
    expect(states(drafts)).toEqual(['done'])
    expect(phone.server.done).toHaveLength(1)
  })

  it('never waits longer than five minutes between tries', async () => {
    const drafts = phone.launch({ random: () => 1 })
    phone.server.fate = () => 'away'
    drafts.add(note('a'))
    for (let i = 0; i < 40; i++) await drafts.flush(true)
    expect(drafts.mine()[0]!.not_before - phone.now).toBe(300_000)
  })

  it('does not try the others when there is no network', async () => {
    let n = 0
    phone.server.fate = () => { n += 1; return 'away' }
    const drafts = phone.launch()
    for (const name of ['a', 'b', 'c']) drafts.add(note(name))
    await drafts.flush(true)
    expect(n).toBe(1)
  })

  it('honours Retry-After and lets others pass when the server is busy', async () => {
    phone.server.fate = (path) => path.endsWith('/a') ? { status: 503, body: {}, retryAfterS: 60 } : 'ok'
    const drafts = phone.launch()
    drafts.add(note('a'))
    await drafts.submit(note('b'))
    expect(states(drafts)).toEqual(['waiting', 'done'])
    expect(drafts.mine()[0]!.not_before - phone.now).toBe(60_000)
  })

  for (const status of [400, 403, 404, 409, 412, 413, 415, 422]) {
    it(`that is refused with ${status} is kept with the reason`, async () => {
      phone.server.fate = () => ({ status, body: { code: 'some_code', detail: '请补一张签收单照片' } })
      const drafts = phone.launch()
      const draft = await drafts.submit(note('a'))
      expect(draft.state).toBe('needs_you')
      expect(draft.problem).toEqual({ status, code: 'some_code', detail: '请补一张签收单照片' })
      phone.server.fate = () => 'ok'
      await drafts.flush(true)
      expect(phone.server.done).toHaveLength(0)
    })
  }

  it('sent again by its owner uses a new key, since the refusal is kept under the old one', async () => {
    const drafts = phone.launch()
    const keys: string[] = []
    const send = phone.server.send
    phone.server.send = (...args) => { keys.push(args[3]); return send(...args) }
    phone.server.fate = () => ({ status: 409, body: {} })
    const draft = await drafts.submit(note('a'))
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key)
    expect(drafts.get(draft.key)!.state).toBe('done')
    expect(keys).toEqual([draft.key, `${draft.key}.r1`])
  })

  it('renews the session once after a 401', async () => {
    let n = 0
    phone.server.fate = () => (n++ === 0 ? { status: 401, body: {} } : 'ok')
    const drafts = phone.launch()
    expect((await drafts.submit(note('a'))).state).toBe('done')
    expect(phone.logins).toBe(1)
  })

  it('waits when the session cannot be renewed', async () => {
    phone.session = false
    phone.server.fate = () => ({ status: 401, body: {} })
    const drafts = phone.launch()
    drafts.add(note('a'))
    await drafts.submit(note('b'))
    expect(states(drafts)).toEqual(['waiting', 'waiting'])
    expect(phone.logins).toBe(1)
  })

  it("waits for its owner when somebody else is logged in", async () => {
    const drafts = phone.launch()
    drafts.add(note('a'))
    phone.owner = 'rep-02'
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
    expect(drafts.mine()).toHaveLength(0)
    phone.owner = 'rep-01'
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(1)
  })

  it('that follows another goes after it, with its id', async () => {
    const drafts = phone.launch()
    phone.server.fate = () => 'away'
    const visit = drafts.add(note('visits'))
    await drafts.submit({ title: 'b', method: 'post', path: '/api/v1/visits/{after}/complete', after: visit.key })
    phone.server.fate = () => 'ok'
    await drafts.flush(true)
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits', '/api/v1/visits/id-1/complete'])
  })

  it('that follows a refused one waits, and goes only when its owner discards both', async () => {
    phone.server.fate = (path) => (path.endsWith('/visits') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const visit = drafts.add(note('visits'))
    await drafts.submit({ title: 'b', method: 'post', path: '/x/{after}', after: visit.key })
    expect(states(drafts)).toEqual(['needs_you', 'waiting'])
    expect(drafts.discard(visit.key)).toBe(true)
    expect(drafts.mine()).toHaveLength(0)
    expect([...phone.disk.keys()]).toEqual(['drafts'])
  })

  it('is flushed by one run at a time', async () => {
    const drafts = phone.launch()
    for (let i = 0; i < 20; i++) drafts.add(note(`n${i}`))
    await Promise.all([drafts.flush(), drafts.flush(true), drafts.flush(), drafts.submit(note('last'))])
    expect(phone.server.mostInFlight).toBe(1)
    expect(phone.server.done).toHaveLength(21)
  })

  it('is remembered for two days after it is done', async () => {
    const drafts = phone.launch()
    await drafts.submit(note('a'))
    phone.now += 47 * 3600_000
    expect(phone.launch().mine()).toHaveLength(1)
    phone.now += 2 * 3600_000
    expect(phone.launch().mine()).toHaveLength(0)
  })
})

describe('a full phone', () => {
  it('says so, keeps the write in memory, and sends it all the same', async () => {
    phone.room = 10
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    const draft = await drafts.submit(note('a'))
    expect(draft).toMatchObject({ state: 'waiting', is_unkept: true })
    expect(phone.alarms).toBe(1)
    phone.server.fate = () => 'ok'
    await drafts.flush(true)
    expect(drafts.get(draft.key)!.state).toBe('done')
    expect(phone.server.done).toHaveLength(1)
    expect(phone.alarms).toBe(1)
  })

  it('keeps it after all once there is room, with its name on the list', async () => {
    phone.room = 10
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    const draft = await drafts.submit(note('a'))
    phone.room = Infinity
    await drafts.flush(true)
    expect(drafts.get(draft.key)!.is_unkept).toBeUndefined()
    phone.kill()
    expect(phone.launch().get(draft.key)!.state).toBe('waiting')
  })

  it('loses nothing that was there before', async () => {
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    await drafts.submit(note('a'))
    phone.room = [...phone.disk.values()].join('').length + 20
    await drafts.submit(note('b'))
    phone.kill()
    expect(phone.launch().mine().map((it) => it.title)).toEqual(['a'])
    expect(phone.alarms).toBe(1)
  })
})

describe('an answer that does not believe', () => {
  const visit = (customer: string): NewDraft => ({ title: `签到 ${customer}`, method: 'post', path: '/api/v1/visits', body: { customer_id: customer } })
  const outcome = (after: string): NewDraft => ({ title: '结果', method: 'post', path: '/api/v1/visits/{after}/complete', after })
  const disbelieve = (path: string) => (path.endsWith('/visits') ? { status: 201, body: { id: 'v1', verdict: 'reject', next: 'retake' } } : 'ok' as const)

  it('is for its owner to do again, and its outcome waits', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    await drafts.submit(outcome(first.key))
    expect(states(drafts)).toEqual(['done', 'waiting'])
    expect(refused(drafts.mine()).map((it) => it.key)).toEqual([first.key])
    expect(phone.server.done).toHaveLength(0)
  })

  it('is replaced by the next attempt, which takes the outcome with it', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    const other = await drafts.submit(visit('c2'))
    await drafts.submit(outcome(first.key))
    await drafts.submit(outcome(other.key))
    phone.server.fate = () => 'ok'
    await drafts.submit(visit('c1'))
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits', '/api/v1/visits/id-1/complete'])
    expect(refused(drafts.mine()).map((it) => it.title)).toEqual(['签到 c2'])
  })

  it('counts when somebody vouches for it', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    await drafts.submit(outcome(first.key))
    await drafts.vouched(first.key)
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits/v1/complete'])
    expect(refused(drafts.mine())).toEqual([])
  })

  it('keeps its verdict, however long it is', async () => {
    phone.server.fate = () => ({ status: 200, body: { id: 'x', verdict: 'reject', text: 'x'.repeat(20_000) } })
    const drafts = phone.launch()
    await drafts.submit(visit('c1'))
    expect(refused(phone.launch().mine())).toHaveLength(1)
  })
})

describe('a write that can be taken back', () => {
  const held = (): NewDraft => ({ ...note('fail'), hold_until: phone.now + 8_000 })

  it('is not sent before its time, not even when the network comes back', async () => {
    const drafts = phone.launch()
    await drafts.submit(held())
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
    expect(phone.wakes.slice(-1)[0]).toBe(8_000)
    phone.now += 8_000
    await drafts.flush()
    expect(phone.server.done).toHaveLength(1)
  })

  it('is gone when it is taken back', async () => {
    const drafts = phone.launch()
    const draft = await drafts.submit(held())
    expect(drafts.discard(draft.key)).toBe(true)
    phone.now += 10_000
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
  })
})

it('keys look like UUIDs and do not repeat', () => {
  const keys = new Set(Array.from({ length: 1000 }, () => newKey()))
  expect(keys.size).toBe(1000)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new NoAnswer().detail).toContain('已保存')
})
