import { createRouter, createWebHistory, type Router } from 'vue-router';
import { homeOf, mayRole, type Right } from './session/rights.ts';
import type { Session } from './session/session.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** The entry of the navigation that is lit, and the key of the page's title under `nav`. */
    section?: 'overview' | 'devices' | 'alerts' | 'audit' | 'access' | 'about';
    /** The right without which the page is of no use. */
    right?: Right;
    /** Open to everyone. */
    open?: boolean;
  }
}

const routes = [
  { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
  {
    path: '/',
    name: 'overview',
    component: () => import('./pages/OverviewPage.vue'),
    meta: { section: 'overview', right: 'observe' },
  },
  {
    path: '/devices',
    name: 'devices',
    component: () => import('./pages/DevicesPage.vue'),
    meta: { section: 'devices', right: 'observe' },
  },
  {
    path: '/devices/:site/:device',
    name: 'device',
    component: () => import('./pages/DevicePage.vue'),
    props: true,
    meta: { section: 'devices', right: 'observe' },
  },
  {
    path: '/alerts',
    name: 'alerts',
    component: () => import('./pages/AlertsPage.vue'),
    meta: { section: 'alerts', right: 'observe' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./pages/AuditPage.vue'),
    meta: { section: 'audit', right: 'audit' },
  },
  {
    path: '/access',
    name: 'access',
    component: () => import('./pages/AccessPage.vue'),
    meta: { section: 'access', right: 'manage' },
  },
  {
    path: '/about',
    name: 'about',
    component: () => import('./pages/AboutPage.vue'),
    meta: { section: 'about', right: 'observe' },
  },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./pages/NotFoundPage.vue') },
] as const;

/** The pages and who may open them. Navigation stops while the gateway does not say who is signed in; `session.problem` tells why. */
export function createConsoleRouter(session: Session): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [...routes],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  router.beforeEach(async (to) => {
    if (to.meta.open === true) return true;
    const user = await session.check();
    if (user === 'unknown') return false;
    if (user === 'nobody') return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    if (to.meta.right !== undefined && !mayRole(user.role, to.meta.right)) return { name: homeOf(user.role) };
    return true;
  });
  return router;
}
