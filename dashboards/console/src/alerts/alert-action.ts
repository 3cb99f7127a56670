/** What a person may do about an open alert. */
export type AlertAction = 'acknowledge' | 'close';
