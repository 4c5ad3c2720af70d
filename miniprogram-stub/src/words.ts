import { now as clockNow } from './platform/clock'
import { isDisbelieved, type Draft } from './platform/drafts'

/** What codes are called on the screen. Neutral words: a phone, a photo or a map may be wrong; a person is not accused. */

const ROLES: Record<string, string> = {
  rep: '业务员', order_clerk: '订单员', supervisor: '主管', regional_director: '大区总监', sales_director: '销售总监',
  legal: '法务', finance: '财务', logistics: '物流', operations: '运营', admin: '管理员',
}
export const roleName = (code: string) => ROLES[code] ?? code

const REASONS: Record<string, string> = {
  nonce_invalid: '照片需要重新拍摄', nonce_expired: '拍摄时没有信号', duplicate_exact: '与之前的照片相同',
  far_away: '离门店较远', outside_fence: '在门店范围外', fence_unclear: '在门店边缘', coord_system_suspect: '门店坐标待确认',
  accuracy_low: '定位精度较低', no_location: '没有定位', exif_location_mismatch: '照片位置与手机不一致',
  time_mismatch: '照片时间与提交时间不一致', stale_photo: '照片拍摄较早', clock_unset: '相机时间未设置', capture_time_secondary: '照片只有修改时间',
  stale_location: '定位时间与提交时间不符', not_drawn: '照片无法在服务器上显示，由人工查看',
  edited_software: '照片经过处理', gps_time_is_local: '照片时间待确认', album_source: '来自相册',
  static_location: '定位待确认', store_location_doubtful: '门店位置待确认', store_location_unknown: '门店还没有位置',
  duplicate_similar: '与另一张照片很像', resembles_earlier: '与上次的照片很像', impossible_travel: '两次签到离得较远', device_differs: '换了一部手机',
  clock_skewed: '手机时间不准', picture_cut: '照片没有拍全', location_from_photo: '位置取自照片', exif_missing: '照片不含位置信息',
}
export const reasonName = (code: string) => REASONS[code] ?? '待确认'
/** Notes that are nobody's business while everything is fine. */
export const isWorthSaying = (code: string) => !['exif_missing', 'clock_unset', 'capture_time_secondary', 'not_drawn', 'resembles_earlier', 'clock_skewed'].includes(code)

export const OUTCOMES = [
  { code: 'order', name: '下单了', icon: 'check' },
  { code: 'interest', name: '有意向', icon: 'spark' },
  { code: 'no_interest', name: '暂不需要', icon: 'clock' },
  { code: 'complaint', name: '有意见', icon: 'chat' },
  { code: 'closed', name: '店没开', icon: 'lock' },
] as const
export const outcomeName = (code: string) => OUTCOMES.find((it) => it.code === code)?.name ?? code

const NEXT: Record<string, string> = {
  retake: '请重新拍一张', relocate: '请走到门店门口，再定位一次', report_store_point: '可能是门店坐标不对，主管已收到，会来核实',
}
/** What to do after what was not believed. At a check-in the store's sign says most. */
export const nextStep = (code: string | null | undefined, isCheckIn = false) =>
  (NEXT[code ?? ''] ?? (isCheckIn ? '请重新签到' : '请重新签收')) + (code === 'retake' && isCheckIn ? '，现场的门头最好认' : '')

/** What its owner does about a refused write. */
export function whatToDo(it: Draft): string {
  if (isDisbelieved(it)) return nextStep((it.answer as { next?: string }).next, it.path === '/api/v1/visits')
  return it.problem?.detail ?? ''
}

/** How far a write came. Sending is not kept, kept is not sent. */
export function sentName(it: Draft): { title: string; text: string; icon: string; tone: 'wait' | 'good' | 'warn' | 'bad' } {
  if (it.is_unkept && it.state !== 'done') return { title: '还没有存下', text: '手机存储满了，请保持联网，不要关掉', icon: 'alert', tone: 'bad' }
  if (it.state === 'sending') return { title: '正在发送', text: '可以先去忙；没有成功会提醒您', icon: 'cloud', tone: 'wait' }
  if (it.state === 'waiting') return { title: '已存在手机里', text: '还没有发出去，有信号后自动发送，关掉也不会丢', icon: 'cloud', tone: 'warn' }
  if (it.state === 'needs_you' || isDisbelieved(it)) return { title: '请看一下', text: whatToDo(it), icon: 'alert', tone: 'bad' }
  return { title: '已提交', text: '', icon: 'check', tone: 'good' }
}

export const VERDICTS: Record<string, { title: string; text: string; tone: 'good' | 'wait' | 'warn' }> = {
  pass: { title: '已确认到店', text: '位置与照片一致', tone: 'good' },
  uncertain: { title: '已确认到店', text: '在门店附近，定位有些误差，不影响', tone: 'good' },
  review: { title: '已先行记录', text: '主管会看一眼照片，您照常工作', tone: 'wait' },
  reject: { title: '还差一步', text: '内容都已保存', tone: 'warn' },
}

const DELIVERIES: Record<string, string> = {
  planned: '已装车', loaded: '已装车', in_transit: '送货中', arrived: '已到店', signed: '已签收', partially_signed: '部分签收', refused: '客户拒收', failed: '未送达',
}
export const isOpenDelivery = (code: string) => ['planned', 'loaded', 'in_transit', 'arrived'].includes(code)
/** Good is what was taken. */
export const deliveryTone = (code: string) => (['signed', 'partially_signed'].includes(code) ? 'good' : ['failed', 'refused'].includes(code) ? 'warn' : 'wait')
export const deliveryName = (code: string) => DELIVERIES[code] ?? code

const LISTS: Record<string, string> = { draft: '未提交', filed: '已提交', late: '已提交（晚于早会）', missing: '未提交', excused: '今天不用交' }
export const listName = (code: string) => LISTS[code] ?? code

const TODOS: Record<string, string> = {
  special_approval: '特批', legal_review: '法务审核', evidence_review: '复核', dispute: '争议', location_change: '门店位置', request: '申请',
}
export const todoName = (code: string) => TODOS[code] ?? '待办'

const DECISIONS: Record<string, string> = {
  approved: '已通过', rejected: '没有通过', withdrawn: '已不需要决定', lapsed: '已失效', failed: '找不到审批人', returned: '已退回修改',
}
export const decisionName = (code: string) => DECISIONS[code] ?? '已处理'

const TERMS: Record<string, string> = { on_delivery: '货到付款', cash: '现结', net_7: '7 天账期', monthly: '月结', net_30: '30 天账期', net_15: '15 天账期', net_60: '60 天账期', prepaid: '已预付' }
export const termsName = (code: string) => TERMS[code] ?? code

const STAGES: Record<string, string> = { prospect: '潜在客户', first_order: '首单客户', regular: '稳定客户', distribution_gap: '有铺货缺口', at_risk: '流失风险' }
export const stageName = (code: string) => STAGES[code] ?? code

/** Why something on the list was not done, as the first setting of the company has it. */
export const UNDONE_REASONS = [
  { code: 'customer_absent', name: '客户不在' }, { code: 'customer_rescheduled', name: '客户改期' }, { code: 'urgent_matter', name: '临时有更急的事' },
  { code: 'no_time', name: '时间不够' }, { code: 'route_blocked', name: '路线不通' }, { code: 'not_prepared', name: '样品或资料没备齐' }, { code: 'other', name: '其他' },
] as const

/** What somebody without decisions finds here, in one line. */
const ELSEWHERE: Record<string, string> = {
  order_clerk: '录单在电脑上做，用浏览器登录骨干。这里收消息',
  operations: '参数和导入在电脑上做，用浏览器登录骨干。这里收消息',
  admin: '人员和设置在电脑上做，用浏览器登录骨干。要您批的会出现在这里',
  finance: '开票和收款在电脑上做，用浏览器登录骨干。要您批的会出现在这里',
  legal: '合同全文在电脑上看，用浏览器登录骨干。要您审的会出现在这里',
}
export const elsewhere = (role: string) => ELSEWHERE[role] ?? '新的会先发到您的微信，也都留在这里'

export const REJECT_REASONS = ['破损', '临期', '送错货', '数量不符', '客户不要了']
export const FAIL_REASONS = ['店没开', '联系不上', '客户改期', '地址找不到', '车辆故障']

// Dates. The company's day is Shanghai's, whatever the phone is set to.

const SHANGHAI_MS = 8 * 3600_000
const inShanghai = (at: number | string) => new Date(new Date(at).getTime() + SHANGHAI_MS)
const two = (n: number) => String(n).padStart(2, '0')

export const dayOf = (at: number | string = clockNow()) => inShanghai(at).toISOString().slice(0, 10)

export function dayName(day: string): string {
  const [, month, date] = day.split('-').map(Number)
  return `${month} 月 ${date} 日 周${'日一二三四五六'[new Date(`${day}T00:00:00Z`).getUTCDay()]}`
}

export function timeName(at: string): string {
  const it = inShanghai(at)
  return `${two(it.getUTCHours())}:${two(it.getUTCMinutes())}`
}

export function momentName(at: string, now: number = clockNow()): string {
  const [day, today] = [dayOf(at), dayOf(now)]
  if (day === today) return timeName(at)
  if (day === dayOf(now - 24 * 3600_000)) return `昨天 ${timeName(at)}`
  const it = inShanghai(at)
  const year = day.slice(0, 4) === today.slice(0, 4) ? '' : `${day.slice(0, 4)} 年 `
  return `${year}${it.getUTCMonth() + 1} 月 ${it.getUTCDate()} 日`
}

/** 还有 2 小时 10 分, or 已过 20 分. */
export function untilName(at: string, now: number = clockNow()): string {
  const minutes = Math.round((new Date(at).getTime() - now) / 60_000)
  const size = Math.abs(minutes)
  const text = size < 60 ? `${size} 分钟` : size < 2880 ? `${Math.floor(size / 60)} 小时` : `${Math.floor(size / 1440)} 天`
  return minutes >= 0 ? `还有 ${text}` : `已过 ${text}`
}

/** 12,000.50, without the needless .00. */
export function money(text: string): string {
  const [whole, cents] = text.split('.')
  const grouped = (whole ?? '').replace(/\B(?=(\d{3})+$)/g, ',')
  return `¥${grouped}${cents && cents !== '00' ? `.${cents}` : ''}`
}

export const quantity = (text: string) => text.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros))

/** What became of a line of a delivery that is over. What was never handed over was not taken. */
export function takenName(status: string, line: { quantity: string; accepted_quantity?: string | null; rejected_quantity?: string | null; unit: string }): string {
  const { unit } = line
  if (status === 'failed') return `未送 ${quantity(line.quantity)} ${unit}`
  const [accepted, rejected] = [Number(line.accepted_quantity ?? 0), Number(line.rejected_quantity ?? 0)]
  const said = [accepted ? `收 ${quantity(line.accepted_quantity!)}` : '', rejected ? `退 ${quantity(line.rejected_quantity!)}` : ''].filter(Boolean)
  return `${said.join('，') || '收 0'} ${unit}`
}
