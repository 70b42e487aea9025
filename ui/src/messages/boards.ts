import { catalogue } from './catalogue'
import { en } from './boards.en'
import { vi } from './boards.vi'

export const boards = catalogue(vi, en)
