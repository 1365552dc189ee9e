#!/bin/sh
# Galera runs this script on both nodes when a node joins. All nodes start from copies of one data directory, so the joiner
# needs no copy of the data: it is told its position, and Galera sends the later write sets.
while [ $# -gt 0 ]; do
	case "$1" in
	--role) role=$2 && shift ;;
	--address) address=$2 && shift ;;
	--gtid) gtid=$2 && shift ;;
	--parent) parent=$2 && shift ;;
	--bypass) bypass=yes ;;
	--mysqld-args) break ;;
	esac
	shift
done
message="$(dirname "$0")/$address"
case "$role" in
joiner)
	rm -f "$message"
	echo "ready $address"
	while [ ! -s "$message" ]; do
		kill -0 "$parent" 2>/dev/null || exit 32
		sleep 0.1
	done
	cat "$message"
	;;
donor)
	if [ -z "$bypass" ]; then
		echo "the node at $address needs a full copy of the data, which this script does not support" >&2
		exit 93
	fi
	echo "$gtid" >"$message.new" && mv "$message.new" "$message"
	echo "done $gtid"
	;;
esac
