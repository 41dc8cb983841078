DROP TABLE method_setups;
