import boto3

kegs = boto3.resource("dynamodb").Table("kegs")
