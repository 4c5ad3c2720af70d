import { describe, expect, it } from 'vitest'
import type { Draft } from '../src/platform/drafts'
import { elsewhere, sentName, takenName, whatToDo } from '../src/words'

const line = { quantity: '36.000', unit: '包' }
const draft = (over: Partial<Draft>): Draft => ({
  key: 'k', owner: 'o', title: 't', method: 'post', path: '/x', body: {}, photos: [], state: 'waiting', round: 0, tries: 0, not_before: 0, made_at: 0, ...over,
})

describe('what is said of a delivery', () => {
  it('that failed is not that something was taken', () => {
    expect(takenName('failed', line)).toBe('未送 36 包')
  })
  it('that was taken in part names both', () => {
    expect(takenName('partially_signed', { ...line, accepted_quantity: '30.000', rejected_quantity: '6.000' })).toBe('收 30，退 6 包')
    expect(takenName('signed', { ...line, accepted_quantity: '36.000', rejected_quantity: '0.000' })).toBe('收 36 包')
    expect(takenName('refused', { ...line, accepted_quantity: '0.000', rejected_quantity: '36.000' })).toBe('退 36 包')
  })
})

describe('what is said of a write', () => {
  it('tells sending from kept, and kept from not kept', () => {
    const titles = [draft({ state: 'sending' }), draft({}), draft({ is_unkept: true }), draft({ state: 'done' })].map((it) => sentName(it).title)
    expect(titles).toEqual(['正在发送', '已存在手机里', '还没有存下', '已提交'])
  })
  it('says what to do, whether it was refused or not believed', () => {
    const problem = { status: 422, code: 'c', detail: '请补一张签收单照片' }
    expect(sentName(draft({ state: 'needs_you', problem }))).toMatchObject({ tone: 'bad', text: problem.detail })
    expect(whatToDo(draft({ state: 'done', answer: { verdict: 'reject', next: 'relocate' } }))).toContain('再定位一次')
    expect(sentName(draft({ state: 'done', answer: { verdict: 'reject', next: 'retake' } })).tone).toBe('bad')
    expect(sentName(draft({ state: 'done', answer: { verdict: 'review' } })).tone).toBe('good')
  })
})

it('a role without screens reads where its work is', () => {
  for (const role of ['order_clerk', 'operations', 'admin', 'finance', 'legal']) expect(elsewhere(role)).toContain('电脑')
  expect(elsewhere('supervisor')).not.toContain('电脑')
})
