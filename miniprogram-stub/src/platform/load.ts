/** Reading with a copy on the phone: the last answer is shown at once, and while the server cannot be asked. */
import { reactive } from 'vue'
import { NoAnswer, Problem } from '../api/client'
import { toLogin } from '../go'
import { session } from '../session'
import { dayOf } from '../words'
import * as native from './native'

export interface Loaded<T> {
  value: T | null
  /** Nothing to show yet. */
  isLoading: boolean
  /** Words fit to show, when there is nothing else to show. */
  fault: string
  /** The value is the copy: the server could not be asked. */
  isOld: boolean
}

export function loaded<T>(): Loaded<T> {
  return reactive({ value: null, isLoading: true, fault: '', isOld: false }) as Loaded<T>
}

/** Asked twice, the answer to the later question stands, whichever comes first. */
const asked = new WeakMap<object, number>()

const placeOf = (name: string) => `${session.user?.id ?? ''}.${name}`

/** The server is away or in trouble: what is known stays true until it says otherwise. */
const isAway = (fault: unknown) =>
  fault instanceof NoAnswer || (fault instanceof Problem && (fault.status >= 500 || fault.status === 429 || fault.status === 408))

export async function load<T>(into: Loaded<T>, name: string, ask: () => Promise<T>): Promise<void> {
  const turn = (asked.get(into) ?? 0) + 1
  asked.set(into, turn)
  if (into.value === null) {
    const value = native.shelf.copy<T>(placeOf(name))
    if (value !== null) Object.assign(into, { value, isLoading: false, isOld: true })
  }
  try {
    const value = await ask()
    if (asked.get(into) !== turn) return
    Object.assign(into, { value, isLoading: false, fault: '', isOld: false })
    keepCopy(name, value)
  } catch (fault) {
    if (asked.get(into) !== turn) return
    into.isLoading = false
    if (into.value !== null && isAway(fault)) into.isOld = true
    else if (fault instanceof NoAnswer) into.fault = '没有信号，连上网络后下拉刷新'
    else if (fault instanceof Problem && fault.status === 401) toLogin()
    else if (fault instanceof Problem) into.fault = fault.detail
    else throw fault
  }
}

/** Puts an answer where `load` will find it. */
export function keepCopy(name: string, value: unknown): void {
  native.shelf.keepCopy(placeOf(name), value)
}

export const hasCopy = (name: string): boolean => native.shelf.get(`copy.${placeOf(name)}`) !== null

// What was picked and not handed in survives a restart, until the day is over.

const halfOf = (name: string) => `half.${placeOf(name)}`

export function keepHalf(name: string, value: unknown): void {
  native.shelf.keep(halfOf(name), JSON.stringify({ day: dayOf(), value }))
}

export function half<T>(name: string): T | null {
  try {
    const { day, value } = JSON.parse(native.shelf.get(halfOf(name)) ?? '') as { day: string; value: T }
    return day === dayOf() ? value : null
  } catch {
    return null
  }
}

export const dropHalf = (name: string): void => native.shelf.remove(halfOf(name))
