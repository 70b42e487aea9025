import { catalogue } from './catalogue'
import { en } from './project.en'
import { vi } from './project.vi'

export const project = catalogue(vi, en)
