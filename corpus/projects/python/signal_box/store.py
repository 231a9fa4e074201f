import boto3

trains = boto3.resource("dynamodb").Table("trains")
