import type { Messages } from './catalogue'
import type { vi } from './login.vi'

export const en: Messages<typeof vi> = {
  title: 'Sign in',
  username: 'User name',
  password: 'Password',
  submit: 'Sign in',
  locked: (wait) => `Try again in ${wait}.`,
  noAdministrator: {
    title: 'This centre has no administrator yet',
    text: 'Open the one-time link that the start command printed on the server. If it is lost, start the server again for a new one.',
  },
  forgot: 'Forgotten? An administrator of your unit gives you a link to set a new password.',
  motto: 'One place to see what is happening, and to make sure somebody acts on it.',
  first: {
    title: 'Create the first administrator',
    text: 'This link works once. The account may do everything, including granting permissions to others.',
    displayName: 'Full name',
    displayNameHint: 'For example: Nguyễn Thị An',
    usernameHint: 'At least 3: lower-case letters without accents, digits, points',
    passwordHint: 'At least 12 characters; a sentence beats a riddle',
    repeat: 'Password again',
    submit: 'Create account',
    noToken: 'The link lacks its one-time code. Copy the whole link that the server printed.',
    mismatch: 'The two passwords differ',
  },
  set: {
    title: 'Set a password',
    text: 'This link works once and expires after a while.',
    submit: 'Set password',
    done: 'The password is set; you are signed in',
  },
  change: {
    title: 'Change password',
    subtitle: 'Your other sessions will end.',
    old: 'Current password',
    fresh: 'New password',
    done: 'Password changed',
    scopes: 'What I may do',
    everywhere: 'everywhere',
  },
}
