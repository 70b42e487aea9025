"""Schedules of others: MS Project XML and Primavera XER into milestones.

``reading`` reads both (pure, bounded, no entities); ``service`` compares a schedule with the milestones of a
project and writes what was approved through the register. MPP is never read: export it as XML.
"""
