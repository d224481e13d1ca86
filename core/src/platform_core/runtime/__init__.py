"""What runs inside AWS Lambda and on the build machine: standard library and boto3 only."""
