import { catalogue } from './catalogue'
import { en } from './programme-papers.en'
import { vi } from './programme-papers.vi'

export const papers = catalogue(vi, en)
