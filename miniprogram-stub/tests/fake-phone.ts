import { Drafts, FileLost, newKey, type PhotoJob, type Ports } from '../src/platform/drafts'
import { StorageFull } from '../src/platform/storage'
import { FakeServer } from './fake-server'

/** A phone: what is on its disk survives the app. */
export class Phone {
  readonly disk = new Map<string, string>()
  readonly files = new Set<string>()
  server = new FakeServer()
  owner: string | null = 'rep-01'
  now = 1_000_000
  wakes: number[] = []
  logins = 0
  alarms = 0
  /** What its storage holds at most, in characters. */
  room = Infinity
  session = true
  private life = 0

  /** Starts the app. What the app before had under way never comes back to it. */
  launch(over: Partial<Ports> = {}): Drafts {
    const life = ++this.life
    const alive = <T>(answer: Promise<T>): Promise<T> =>
      answer.then((it) => (life === this.life ? it : new Promise<T>(() => {})),
        (fault) => { if (life === this.life) throw fault; return new Promise<T>(() => {}) })
    return new Drafts({
      shelf: {
        get: (name) => this.disk.get(name) ?? null,
        set: (name, text) => {
          if (life !== this.life) return
          const others = [...this.disk].filter(([it]) => it !== name).reduce((sum, [, it]) => sum + it.length, 0)
          if (others + text.length > this.room) throw new StorageFull()
          this.disk.set(name, text)
        },
        remove: (name) => { if (life === this.life) this.disk.delete(name) },
      },
      owner: () => this.owner,
      send: (...args) => alive(this.server.send(...args)),
      upload: (photo, key) => this.files.has(photo.file)
        ? alive(this.server.upload(photo, key)) : Promise.reject(new FileLost()),
      dropFile: (file) => { this.files.delete(file) },
      loginAgain: async () => { this.logins += 1; return this.session },
      now: () => this.now,
      random: () => 0.5,
      newKey,
      wake: (ms) => { this.wakes.push(ms) },
      changed: () => {},
      full: () => { this.alarms += 1 },
      ...over,
    })
  }

  kill() { this.life += 1 }

  shoot(purpose: string, subject: string, n = 0): PhotoJob {
    const file = `${subject}-${purpose}-${n}.jpg`
    this.files.add(file)
    return { file, purpose, subject_type: 'delivery', subject_id: subject, taken_at: '2026-11-24T01:00:00Z', location: null }
  }
}

export const states = (drafts: Drafts) => drafts.mine().map((it) => it.state)
