# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# OpenSSH: a command over ssh with a key of its own, a file by sftp both ways.

openssh_start() {
	mkdir -p /run/sshd "$DIR/ssh" && chmod 700 "$DIR/ssh" /run/sshd
	[ -e "$DIR/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$DIR/ssh/host" >/dev/null
	[ -e "$DIR/ssh/user" ] || ssh-keygen -q -t ed25519 -N '' -f "$DIR/ssh/user" >/dev/null
	cp "$DIR/ssh/user.pub" "$DIR/ssh/authorized"
	cat >"$DIR/ssh/config" <<-END
		Port 8022
		HostKey $DIR/ssh/host
		AuthorizedKeysFile $DIR/ssh/authorized
		PidFile none
		StrictModes no
		UsePAM no
		PermitRootLogin yes
		Subsystem sftp internal-sftp
	END
	start sshd /usr/sbin/sshd -D -e -f "$DIR/ssh/config"
	await_port 8022
}

openssh_options() {
	printf '%s\n' -i "$DIR/ssh/user" -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes
}

openssh_command() {
	local -a options
	mapfile -t options < <(openssh_options)
	[ "$(client ssh "${options[@]}" -p 8022 "root@$ADDRESS" sha256sum <"$DIR/www/big")" = "$(cat "$DIR/www/big.sum")" ]
}

openssh_sftp() {
	local -a options
	mapfile -t options < <(openssh_options)
	rm -f "$DIR/there" "$DIR/back"
	printf 'put %s %s\nget %s %s\n' "$DIR/www/big" "$DIR/there" "$DIR/there" "$DIR/back" |
		client sftp "${options[@]}" -P 8022 -b - "root@$URL_ADDRESS" || return
	same_as "$DIR/www/big" <"$DIR/back"
}

openssh_cases() {
	exchange 'a command over ssh' openssh_command
	exchange 'a file by sftp, there and back' openssh_sftp
}
