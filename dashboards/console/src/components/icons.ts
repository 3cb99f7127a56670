/** The console's icons: strokes in a box of 24 by 24. */
export const icons = {
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
  devices: 'M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01M11 8h5M11 16h5',
  alerts: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  audit: 'M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h6',
  access: 'M8 11a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM11 12.5L20 4M16.5 7.2l3 3M14 9.5l2 2',
  about: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 11v5.5M12 7.5h.01',
  flows: 'M4 5h6v5H4zM14 14h6v5h-6zM10 7.5h3.5a2 2 0 0 1 2 2V14',
  language:
    'M3 6.5h10M8 4v2.5M10.8 6.5c-1 4-3.6 6.8-7.3 8.5M5.5 9.5c1.2 2.2 3 3.9 5.5 5M12.5 20.5l4.25-10.5l4.25 10.5M14 17h5.5',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  user: 'M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM5 20c.7-3.7 3.5-5.5 7-5.5s6.3 1.8 7 5.5',
  down: 'M12 5v14M6 13l6 6l6-6',
  up: 'M12 19V5M6 11l6-6l6 6',
  chevron: 'M9 6l6 6l-6 6',
  back: 'M15 6l-6 6l6 6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  eye: 'M2.5 12S6 5.5 12 5.5S21.5 12 21.5 12S18 18.5 12 18.5S2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z',
  eye_off:
    'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.7M6 7.6A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.3-1.1M9.9 10a2.5 2.5 0 0 0 3.8 3.9',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01',
  empty: 'M4 13l3-8h10l3 8v6H4zM4 13h5l1.5 2.5h3L15 13h5',
  offline:
    'M4 4l16 16M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 4-2.5M2 8.5a15 15 0 0 1 4-2.6M11 5c4-.3 8 1 11 3.5M15 10.4a10 10 0 0 1 4 1.6M12 19h.01',
  cpu: 'M7 7h10v10H7zM10 10h4v4h-4zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  memory: 'M3 7h18v9H3zM7 10v3M12 10v3M17 10v3M6 16v3M10 16v3M14 16v3M18 16v3',
  temperature: 'M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0zM12 10v7',
  clock: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM12 7v5l3.5 2',
  globe: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM3 12h18M12 3c4 5 4 13 0 18M12 3c-4 5-4 13 0 18',
  traffic: 'M7 4v16M3.5 7.5L7 4l3.5 3.5M17 20V4M13.5 16.5L17 20l3.5-3.5',
} as const;
export type IconName = keyof typeof icons;
