/**
 * The phone's small storage. What was written by a person must stay; answers of the server are only copies, so they
 * make room for it, oldest first. Names tell them apart: `copy.…` and `tickets.…` may go, everything else stays.
 */

/** What the device offers. `set` throws when there is no room. */
export interface Raw {
  get(name: string): string | null
  set(name: string, text: string): void
  remove(name: string): void
  names(): string[]
}

/** Not even without its copies has the phone room. */
export class StorageFull extends Error {
  constructor() { super('手机存储满了，请清理一下再试') }
}

const COPY_MS = 3 * 24 * 3600_000

export class Shelf {
  constructor(private readonly raw: Raw, private readonly now: () => number) {}

  get(name: string): string | null {
    return this.raw.get(name)
  }

  names(start: string): string[] {
    return this.raw.names().filter((it) => it.startsWith(start))
  }

  remove(name: string): void {
    this.raw.remove(name)
  }

  /** Keeps the text, at the price of copies where there is no room. Throws `StorageFull`. */
  set(name: string, text: string): void {
    if (!this.keep(name, text)) throw new StorageFull()
  }

  /** The same for what the app can do without: false where there is no room. */
  keep(name: string, text: string): boolean {
    if (this.tried(name, text)) return true
    for (const other of this.disposable()) {
      if (other === name) continue
      this.raw.remove(other)
      if (this.tried(name, text)) return true
    }
    return false
  }

  private tried(name: string, text: string): boolean {
    try {
      this.raw.set(name, text)
      return true
    } catch {
      return false
    }
  }

  /** A copy of what the server said; without room it is not kept, which costs a look without signal and no more. */
  keepCopy(name: string, value: unknown): void {
    const text = `${this.now()}|${JSON.stringify(value)}`
    if (this.tried(`copy.${name}`, text)) return
    this.prune()
    this.tried(`copy.${name}`, text)
  }

  copy<T>(name: string): T | null {
    const text = this.raw.get(`copy.${name}`)
    try {
      return text ? (JSON.parse(text.slice(text.indexOf('|') + 1)) as T) : null
    } catch {
      return null
    }
  }

  /** Drops copies nobody asked for in days, and tickets that can serve no photo any more. */
  prune(): void {
    for (const name of this.names('copy.')) if (this.ageOf(name) > COPY_MS) this.raw.remove(name)
    for (const name of this.names('tickets.')) if (!this.serves(name)) this.raw.remove(name)
  }

  private ageOf(name: string): number {
    const at = parseInt(this.raw.get(name) ?? '', 10)
    return Number.isFinite(at) ? this.now() - at : Infinity
  }

  private serves(name: string): boolean {
    try {
      const { until, left } = JSON.parse(this.raw.get(name) ?? '') as { until: string; left: string[] }
      return left.length > 0 && Date.parse(until) > this.now()
    } catch {
      return false
    }
  }

  private disposable(): string[] {
    const tickets = this.names('tickets.')
    const dead = tickets.filter((it) => !this.serves(it))
    const copies = this.names('copy.').map((name) => ({ name, age: this.ageOf(name) }))
    copies.sort((a, b) => b.age - a.age)
    return [...dead, ...copies.map((it) => it.name), ...tickets.filter((it) => !dead.includes(it))]
  }
}
