/** Compiled by `npm run type-check`, never run: what the types must refuse. */
import { client, type Schemas } from '../src/api/client'

declare const api: ReturnType<typeof client>

export async function refused(): Promise<void> {
  const list: Schemas['ListView'] = await api.call('get', '/api/v1/action-lists/{date}', { path: { date: '2026-11-24' } })
  void list.items[0]?.customer_name
  await api.call('post', '/api/v1/visits', { body: { customer_id: 'x', photo_ids: [] } })
  await api.call('get', '/api/v1/todos', {})
  await api.call('get', '/api/v1/todos', { query: { status: 'open' } })

  // @ts-expect-error no such path
  await api.call('get', '/api/v1/nothing', {})
  // @ts-expect-error the path knows no put
  await api.call('put', '/api/v1/visits', { body: { customer_id: 'x', photo_ids: [] } })
  // @ts-expect-error the path needs its parameter
  await api.call('get', '/api/v1/customers/{id}', {})
  // @ts-expect-error a parameter of another name
  await api.call('get', '/api/v1/customers/{id}', { path: { key: 'x' } })
  // @ts-expect-error the body is missing
  await api.call('post', '/api/v1/visits', {})
  // @ts-expect-error a field of the body is missing
  await api.call('post', '/api/v1/visits', { body: { customer_id: 'x' } })
  // @ts-expect-error a field that is not in the body
  await api.call('post', '/api/v1/visits', { body: { customer_id: 'x', photo_ids: [], extra: 1 } })
  // @ts-expect-error a field of the wrong type
  await api.call('post', '/api/v1/visits', { body: { customer_id: 1, photo_ids: [] } })
  // @ts-expect-error a filter that does not exist
  await api.call('get', '/api/v1/todos', { query: { state: 'open' } })
  // @ts-expect-error a field that is not in the answer
  void list.nothing
}
