/** A typed wrapper over `uni.request`: paths, parameters and bodies come from the generated schema. */
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Method = 'get' | 'put' | 'post'

type Operation<P extends keyof paths, M extends Method> = paths[P][M]
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined
type Params<O> = O extends { parameters: infer P } ? P : never
type Part<Name extends string, T> = [T] extends [undefined]
  ? { [K in Name]?: undefined }
  : Record<string, never> extends T ? { [K in Name]?: T } : { [K in Name]: T }

/** The paths that know the method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never
}[keyof paths]
export type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody: infer Body } ? Json<Body> : undefined
export type AnswerOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never
export type ParamsOf<P extends keyof paths, M extends Method> =
  & Part<'path', NonNullable<Params<Operation<P, M>> extends { path: infer X } ? X : undefined>>
  & Part<'query', NonNullable<Params<Operation<P, M>> extends { query?: infer X } ? X : undefined>>
export type Args<P extends keyof paths, M extends Method> =
  & ParamsOf<P, M>
  & Part<'body', BodyOf<P, M>>
  & { key?: string; version?: number }

/** What the server said, whatever it said. */
export interface Answer { status: number; body: unknown; retryAfterS?: number }

/** The server could not be reached, or its answer did not arrive: what happened there is unknown. */
export class NoAnswer extends Error {
  readonly detail = '没有信号，内容已保存在手机里'
}

/** A refusal with words that are fit to show. */
export class Problem extends Error {
  readonly code: string
  readonly detail: string
  readonly errors: Schemas['FieldFault'][]

  constructor(readonly status: number, body: unknown) {
    const problem = (typeof body === 'object' && body ? body : {}) as Partial<Schemas['Problem']>
    const first = problem.errors?.[0]?.detail
    const detail = problem.detail ?? '操作没有成功，请稍后再试'
    super(detail)
    this.code = problem.code ?? `http_${status}`
    this.detail = first && first !== detail ? `${detail}（${first}）` : detail
    this.errors = problem.errors ?? []
  }
}

export interface Request { method: Method; url: string; headers: Record<string, string>; body?: unknown }
export interface Ports {
  send(request: Request): Promise<Answer>
  token(): string | null
  /** Logs in again without asking; false where that cannot be done. */
  loginAgain(): Promise<boolean>
}

/** Fills `{name}` and appends the query. No URL or URLSearchParams: mini-programs have neither. */
export function address(path: string, params: { path?: object; query?: object } = {}): string {
  const given = (params.path ?? {}) as Record<string, unknown>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])))
  const query = Object.entries(params.query ?? {}).filter(([, value]) => value !== undefined && value !== null)
  const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return text.length ? `${filled}?${text.join('&')}` : filled
}

export function client(ports: Ports) {
  function attempt(method: Method, url: string, body: unknown, extra: Record<string, string>): Promise<Answer> {
    const token = ports.token()
    const headers: Record<string, string> = { ...extra }
    if (token) headers.Authorization = `Bearer ${token}`
    if (method !== 'get') headers['Content-Type'] = 'application/json'
    return ports.send({ method, url, headers, body: method === 'get' ? undefined : body ?? {} })
  }

  /** One exchange; an expired session is renewed once. Rejects only with NoAnswer. */
  async function exchange(method: Method, url: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await attempt(method, url, body, headers)
    if (answer.status !== 401 || url.startsWith('/api/v1/auth/')) return answer
    return (await ports.loginAgain()) ? attempt(method, url, body, headers) : answer
  }

  async function call<M extends Method, P extends PathOf<M>>(
    method: M, path: P, args: Args<P, M>,
  ): Promise<AnswerOf<P, M>> {
    const headers: Record<string, string> = {}
    if (args.key) headers['Idempotency-Key'] = args.key
    if (args.version !== undefined) headers['If-Match'] = `"${args.version}"`
    const url = address(String(path), args as { path?: object; query?: object })
    const answer = await exchange(method, url, (args as { body?: unknown }).body, headers)
    if (answer.status >= 200 && answer.status < 300) return answer.body as AnswerOf<P, M>
    throw new Problem(answer.status, answer.body)
  }

  return { call, exchange }
}
