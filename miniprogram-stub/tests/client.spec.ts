import { expect, it } from 'vitest'
import { address, client, NoAnswer, Problem, type Answer, type Ports, type Request } from '../src/api/client'

function at(answers: (Answer | Error)[], over: Partial<Ports> = {}) {
  const asked: Request[] = []
  let token = 'old'
  const api = client({
    send: async (request) => {
      asked.push(request)
      const next = answers.shift()!
      if (next instanceof Error) throw next
      return next
    },
    token: () => token,
    loginAgain: async () => { token = 'new'; return true },
    ...over,
  })
  return { api, asked }
}

it('fills paths and queries without URL', () => {
  expect(address('/a/{id}/b', { path: { id: 'x/y' }, query: { name: '超市', limit: 5, none: undefined } }))
    .toBe('/a/x%2Fy/b?name=%E8%B6%85%E5%B8%82&limit=5')
})

it('sends the token, the key and the version', async () => {
  const { api, asked } = at([{ status: 200, body: { id: 'v' } }])
  await api.call('post', '/api/v1/visits/{id}/complete', { path: { id: 'v' }, body: { result_code: 'order' }, key: 'k', version: 3 })
  expect(asked[0]).toMatchObject({
    method: 'post', url: '/api/v1/visits/v/complete', body: { result_code: 'order' },
    headers: { Authorization: 'Bearer old', 'Idempotency-Key': 'k', 'If-Match': '"3"' },
  })
})

it('logs in again once after a 401 and asks again with the new token', async () => {
  const { api, asked } = at([{ status: 401, body: {} }, { status: 200, body: { name: '应晓岚' } }])
  const me = await api.call('get', '/api/v1/me', {})
  expect(me.name).toBe('应晓岚')
  expect(asked.map((it) => it.headers.Authorization)).toEqual(['Bearer old', 'Bearer new'])
})

it('gives up after the second 401, and does not renew where it logs in', async () => {
  const twice = at([{ status: 401, body: {} }, { status: 401, body: { detail: '登录已失效,请重新登录' } }])
  await expect(twice.api.call('get', '/api/v1/me', {})).rejects.toMatchObject({ status: 401, detail: '登录已失效,请重新登录' })
  const login = at([{ status: 401, body: {} }])
  await expect(login.api.call('post', '/api/v1/auth/wechat/login', { body: { code: 'x' } })).rejects.toBeInstanceOf(Problem)
  expect(login.asked).toHaveLength(1)
})

it('turns problem details into words', async () => {
  const body = { status: 422, code: 'required', detail: '此项必填', errors: [{ pointer: '/signer_name', code: 'signer_missing', detail: '请填写签收人' }] }
  const { api } = at([{ status: 422, body }])
  const problem = await api.call('get', '/api/v1/me', {}).catch((it: Problem) => it)
  expect(problem).toMatchObject({ code: 'required', detail: '此项必填（请填写签收人）', status: 422 })
})

it('says something even when the answer is not a problem', async () => {
  const { api } = at([{ status: 502, body: '<html>' }])
  await expect(api.call('get', '/api/v1/me', {})).rejects.toMatchObject({ code: 'http_502', detail: '操作没有成功，请稍后再试' })
})

it('passes a missing answer on', async () => {
  const { api } = at([new NoAnswer()])
  await expect(api.call('get', '/api/v1/me', {})).rejects.toBeInstanceOf(NoAnswer)
})
