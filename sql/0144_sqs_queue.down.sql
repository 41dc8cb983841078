DROP TABLE sqs_queue;
