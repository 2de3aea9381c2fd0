-- Figures of all projects are kept by the months of their start and end too, of which it follows which of them run on a
-- day: those that are kept are to be made anew.
UPDATE data_version SET figures_version = -1;
