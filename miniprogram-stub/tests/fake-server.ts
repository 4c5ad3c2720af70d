/** A server in memory that honours idempotency keys, counts what it did, and can lose its answers. */
import { NoAnswer, type Answer } from '../src/api/client'
import type { PhotoJob } from '../src/platform/drafts'

export class FakeServer {
  readonly done: { path: string; body: Record<string, unknown> }[] = []
  readonly photos = new Map<string, string>()
  /** Uploads whose bytes arrived, replays included. */
  nUploads = 0
  inFlight = 0
  mostInFlight = 0
  readonly seen = new Map<string, { digest: string; answer: Answer }>()
  /** What happens to the next exchange; `lost` does it and loses the answer. */
  fate: (path: string) => 'ok' | 'away' | 'lost' | Answer = () => 'ok'

  private once(key: string, digest: string, act: () => Answer): Answer {
    const known = this.seen.get(key)
    if (known && known.digest !== digest) return { status: 422, body: { code: 'idempotency_key_reused', detail: '同一个幂等键已用于不同的内容' } }
    if (known) return known.answer
    const answer = act()
    if (answer.status < 500) this.seen.set(key, { digest, answer })
    return answer
  }

  private async meet(path: string, act: () => Answer): Promise<Answer> {
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    try {
      await Promise.resolve()
      const fate = this.fate(path)
      if (fate === 'away') throw new NoAnswer()
      const answer = typeof fate === 'object' ? fate : act()
      if (fate === 'lost') throw new NoAnswer()
      return answer
    } finally {
      this.inFlight -= 1
    }
  }

  send = (_: string, path: string, body: unknown, key: string): Promise<Answer> =>
    this.meet(path, () => this.once(key, path + JSON.stringify(body), () => {
      if (path.endsWith('/capture-tickets')) {
        return { status: 201, body: { ticket: `t-${this.seen.size}`, expires_at: '2099-01-01T00:00:00Z' } }
      }
      this.done.push({ path, body: body as Record<string, unknown> })
      return { status: 201, body: { id: `id-${this.done.length}` } }
    }))

  upload = (photo: PhotoJob, key: string): Promise<Answer> =>
    this.meet('/api/v1/photos', () => {
      this.nUploads += 1
      return this.once(key, `${photo.ticket}${photo.file}`, () => {
        const id = `photo-${this.photos.size + 1}`
        this.photos.set(id, photo.file)
        return { status: 201, body: { id } }
      })
    })
}
