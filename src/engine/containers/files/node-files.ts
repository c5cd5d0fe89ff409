// Paths that every Linux node with a kubelet has. Those of a real one are many more.

/** Directories, with those above them. */
export const NODE_DIRECTORIES: readonly string[] =
  `/boot /lib/modules /lib64 /sbin /mnt /media /srv /opt/cni/bin /usr/lib /usr/local/bin /usr/src /usr/sbin /etc/cni/net.d
  /etc/kubernetes/manifests /etc/kubernetes/pki /etc/ssl/certs /etc/systemd /etc/containerd /var/lib/kubelet/pods
  /var/lib/kubelet/plugins /var/lib/kubelet/plugins_registry /var/lib/kubelet/device-plugins /var/lib/containerd /var/lib/cni
  /var/lib/calico /var/log/pods /var/log/containers /var/log/journal /var/tmp /run/containerd /run/systemd /run/udev /run/lock
  /dev/shm /sys/fs/cgroup /sys/fs/bpf /sys/kernel/debug /proc/sys`.split(/\s+/);

const NODE_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';

export const NODE_FILES: Readonly<Record<string, string>> = {
  '/etc/os-release': NODE_RELEASE,
  '/etc/machine-id': '5f3c0a1f9d1e4c6a8b7d2e90a4c1b3d5\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  '/etc/group': 'root:x:0:\n',
  '/etc/resolv.conf': 'nameserver 192.168.0.1\n',
  '/etc/localtime': '',
  '/etc/containerd/config.toml': 'version = 2\n',
  '/var/lib/kubelet/config.yaml': 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
};

/** What is neither a file nor a directory, by the type of hostPath that takes it. */
export const NODE_SPECIALS: Readonly<Record<string, string>> = {
  '/run/containerd/containerd.sock': 'Socket',
  '/var/run/containerd/containerd.sock': 'Socket',
  '/dev/kmsg': 'CharDevice',
  '/dev/fuse': 'CharDevice',
  '/dev/null': 'CharDevice',
  '/dev/net/tun': 'CharDevice',
};
