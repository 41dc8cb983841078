DROP TABLE live_messages;
