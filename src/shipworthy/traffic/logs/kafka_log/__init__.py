"""A log on any broker that speaks the Kafka protocol."""

from shipworthy.traffic.logs.kafka_log.options import KafkaOptions
from shipworthy.traffic.logs.kafka_log.reading import KafkaReader, open_kafka_reader
from shipworthy.traffic.logs.kafka_log.writing import KafkaWriter, open_kafka_writer

__all__ = ["KafkaOptions", "KafkaReader", "KafkaWriter", "open_kafka_reader", "open_kafka_writer"]
