import { catalogue } from './catalogue'
import { en } from './programme.en'
import { vi } from './programme.vi'

export const programme = catalogue(vi, en)
