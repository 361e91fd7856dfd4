/** Every page of the desk: its address, its title, who finds it in the menu. */
import type { Component } from 'vue'

import type { Permission } from './known'

export type Group = '办理' | '数据' | '管理'

export interface Page {
  path: string
  title: string
  page: () => Promise<{ default: Component }>
  /** Without it the page does not open, and stands in no menu. */
  permission?: Permission
  /** Where it stands in the menu; a page without one is reached from others. */
  menu?: Group
  /** Whether the parts of the path are handed over as props. */
  props?: boolean
  /** Open to whoever is not signed in. */
  free?: boolean
}

export const GROUPS: Group[] = ['办理', '数据', '管理']

export const PAGES: Page[] = [
  { path: '/', title: '工作台', page: () => import('./pages/worklist/Worklist.vue'), permission: 'worklist.read', menu: '办理' },
  { path: '/cases', title: '案件', page: () => import('./pages/cases/Cases.vue'), permission: 'cases.read', menu: '办理' },
  { path: '/cases/:id', title: '案件', page: () => import('./pages/case/Case.vue'), permission: 'cases.read', props: true },
  { path: '/cases/:id/agreement', title: '协议', page: () => import('./pages/docket/Agreement.vue'), permission: 'cases.read', props: true },
  { path: '/new', title: '登记', page: () => import('./pages/new/New.vue'), permission: 'cases.write', menu: '办理' },
  { path: '/referrals', title: '转介', page: () => import('./pages/referrals/Referrals.vue'), permission: 'cases.read', menu: '办理' },
  { path: '/docket', title: '调解日程', page: () => import('./pages/docket/Docket.vue'), permission: 'cases.read', menu: '办理' },
  { path: '/people', title: '人员', page: () => import('./pages/people/People.vue'), permission: 'people.find', menu: '办理' },
  { path: '/people/:id', title: '人员', page: () => import('./pages/people/Person.vue'), permission: 'people.find', props: true },
  { path: '/notices', title: '通知', page: () => import('./pages/notices/Notices.vue'), permission: 'notices.read', menu: '办理' },
  { path: '/board', title: '指标', page: () => import('./pages/board/Board.vue'), permission: 'indicators.read', menu: '数据' },
  { path: '/women', title: '留守妇女台账', page: () => import('./pages/women/Women.vue'), permission: 'ledger.read', menu: '数据' },
  { path: '/ledger', title: '台账', page: () => import('./pages/ledger/Ledger.vue'), permission: 'cases.read', menu: '数据' },
  { path: '/registers', title: '登记簿', page: () => import('./pages/registers/Registers.vue'), permission: 'registers.read', menu: '数据' },
  { path: '/glass', title: '紧急查阅复核', page: () => import('./pages/admin/GlassReview.vue'), permission: 'glass.review', menu: '管理' },
  { path: '/accounts', title: '账号', page: () => import('./pages/admin/Accounts.vue'), permission: 'accounts.inspect', menu: '管理' },
  { path: '/clients', title: '接口用户', page: () => import('./pages/admin/Clients.vue'), permission: 'clients.read', menu: '管理' },
  { path: '/audit', title: '审计', page: () => import('./pages/admin/Audit.vue'), permission: 'record.read', menu: '管理' },
  { path: '/holidays', title: '节假日', page: () => import('./pages/admin/Holidays.vue'), permission: 'registers.read', menu: '管理' },
  { path: '/areas', title: '地区', page: () => import('./pages/admin/Areas.vue'), permission: 'definitions.read', menu: '管理' },
  { path: '/templates', title: '文书模板', page: () => import('./pages/admin/Templates.vue'), permission: 'templates.keep', menu: '管理' },
  { path: '/kinds', title: '案件类型定义', page: () => import('./pages/admin/Kinds.vue'), permission: 'definitions.read', menu: '管理' },
  { path: '/me', title: '本人账号', page: () => import('./pages/me/Me.vue') },
  { path: '/login', title: '登录', page: () => import('./pages/login/Login.vue'), free: true },
]
