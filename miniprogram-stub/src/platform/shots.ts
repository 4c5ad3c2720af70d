/**
 * Photos that were taken and not handed in yet. Each is written down the moment it comes from the camera: small phones
 * end the app behind the camera, and what was shot must be there when it comes back.
 */
import type { PhotoJob } from './drafts'

interface Shelf {
  get(name: string): string | null
  set(name: string, text: string): void
  remove(name: string): void
  names(start: string): string[]
}

/** A photo with where it goes on. */
export interface Shot { job: PhotoJob; owner: string; title: string; screen: string; at: number }

/** What nobody came back to in two days goes. */
const KEEP_MS = 48 * 3600_000
/** A file this young may be a photo that is just being written down. */
const YOUNG_MS = 15 * 60_000

export class Shots {
  constructor(private readonly shelf: Shelf, private readonly now: () => number, private readonly drop: (file: string) => void) {}

  private nameOf = (it: Pick<PhotoJob, 'purpose' | 'subject_id'>) => `shot.${it.purpose}.${it.subject_id}`

  /** Writes it down; an earlier one of the same goes. Throws where the phone is full. */
  keep(shot: Omit<Shot, 'at'>): void {
    const before = this.find(shot.job.purpose, shot.job.subject_id)
    this.shelf.set(this.nameOf(shot.job), JSON.stringify({ ...shot, at: this.now() }))
    if (before && before.job.file !== shot.job.file) this.drop(before.job.file)
  }

  find(purpose: string, subject: string): Shot | null {
    return this.read(this.nameOf({ purpose, subject_id: subject }))
  }

  all(owner: string | null): Shot[] {
    const shots = this.shelf.names('shot.').map((it) => this.read(it)).filter((it) => it !== null)
    return shots.filter((it) => it.owner === owner)
  }

  /** It is handed in, or not wanted any more; its file belongs to somebody else or goes. */
  release(job: Pick<PhotoJob, 'purpose' | 'subject_id'>): void {
    this.shelf.remove(this.nameOf(job))
  }

  /** Drops old shots, and files that neither a shot nor a draft names. `made_at` tells since when a file is there. */
  sweep(files: { file: string; made_at: number }[], named: string[]): string[] {
    const kept = new Set(named)
    for (const name of this.shelf.names('shot.')) {
      const shot = this.read(name)
      if (!shot || this.now() - shot.at > KEEP_MS) this.shelf.remove(name)
      else kept.add(shot.job.file)
    }
    const over = files.filter((it) => !kept.has(it.file) && this.now() - it.made_at > YOUNG_MS).map((it) => it.file)
    over.forEach(this.drop)
    return over
  }

  private read(name: string): Shot | null {
    try {
      return JSON.parse(this.shelf.get(name) ?? 'null') as Shot | null
    } catch {
      return null
    }
  }
}
