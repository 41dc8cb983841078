DROP TABLE event_fan_out;
