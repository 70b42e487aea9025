import { catalogue } from './catalogue'
import { en } from './wall.en'
import { vi } from './wall.vi'

export const wall = catalogue(vi, en)
