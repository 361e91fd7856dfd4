import { createRouter, createWebHistory } from 'vue-router'

import { access } from '@/offline/vault'

declare module 'vue-router' {
  interface RouteMeta {
    /** What the bar on top says. */
    title?: string
    /** Open to whoever holds the phone. */
    free?: boolean
    /** Without the tabs below: a form, with its own button there. */
    form?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory('/m/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', component: () => import('./pages/Today.vue'), meta: { title: '今日任务' } },
    { path: '/log', component: () => import('./pages/QuickLog.vue'), meta: { title: '快速登记', form: true } },
    { path: '/new', component: () => import('./pages/New.vue'), meta: { title: '登记' } },
    { path: '/new/:kind', component: () => import('./pages/OpenCase.vue'), meta: { form: true }, props: true },
    { path: '/task/:id', component: () => import('./pages/TaskPage.vue'), meta: { title: '任务' }, props: true },
    { path: '/task/:id/next', component: () => import('./pages/TaskGroup.vue'), meta: { title: '已保存' }, props: true },
    {
      path: '/act/:kind/:caseId/:name', component: () => import('./pages/ActOnCase.vue'), meta: { form: true },
      props: (route) => ({ ...route.params, task: route.query.task }),
    },
    { path: '/case/:id', component: () => import('./pages/CasePage.vue'), meta: { title: '案件' }, props: true },
    { path: '/outbox', component: () => import('./pages/Outbox.vue'), meta: { title: '待上传' } },
    { path: '/outbox/:id', component: () => import('./pages/OutboxItem.vue'), meta: { title: '记录' }, props: true },
    { path: '/outbox/:id/edit', component: () => import('./pages/EditItem.vue'), meta: { title: '修改', form: true }, props: true },
    { path: '/me', component: () => import('./pages/Me.vue'), meta: { title: '我的' } },
    { path: '/login', component: () => import('./pages/Login.vue'), meta: { free: true } },
    { path: '/pin', component: () => import('./pages/Pin.vue'), meta: { free: true } },
    { path: '/notice', component: () => import('./pages/Notice.vue'), meta: { free: true } },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to) => {
  if (to.meta.free || access.value === 'open') return true
  const from = to.fullPath === '/' ? {} : { query: { to: to.fullPath } }
  return { path: access.value === 'locked' ? '/pin' : '/login', ...from }
})
