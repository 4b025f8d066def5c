// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/xtcp: version, features, and counters: of all network namespaces together for whoever is in the first
 * one, elsewhere of the reader's own; one value per file. What can be set is set elsewhere: net.xtcp, net.ipv4.tcp_*,
 * and the module's parameters, to which a link leads, the algorithm's among them. Process context.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "xtcp.h"
#include "ctl/ctl.h"

#define XTCP_SYSFS_COUNTERS	(XTCP_MIB_EVENTS + XTCP_DROPS)

static struct kobject *xtcp_sysfs_root;
static struct kobj_attribute xtcp_sysfs_counter[XTCP_SYSFS_COUNTERS];
static struct attribute *xtcp_sysfs_counter_list[XTCP_SYSFS_COUNTERS + 1];

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", THIS_MODULE->version);
}

static ssize_t features_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "abort closed events limits listeners policies set timewait-flush\n");
}

static ssize_t netlink_version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", xtcp_genl_family.version);
}

static ssize_t sock_bytes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%zu\n", sizeof(struct xtcp_sock));
}

static ssize_t timewait_bytes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%zu\n", sizeof(struct xtcp_tw));
}

static struct kobj_attribute xtcp_sysfs_version = __ATTR_RO(version);
static struct kobj_attribute xtcp_sysfs_features = __ATTR_RO(features);
static struct kobj_attribute xtcp_sysfs_netlink_version = __ATTR_RO(netlink_version);
static struct kobj_attribute xtcp_sysfs_sock_bytes = __ATTR_RO(sock_bytes);
static struct kobj_attribute xtcp_sysfs_timewait_bytes = __ATTR_RO(timewait_bytes);

static struct attribute *xtcp_sysfs_list[] = {
	&xtcp_sysfs_version.attr,
	&xtcp_sysfs_features.attr,
	&xtcp_sysfs_netlink_version.attr,
	&xtcp_sysfs_sock_bytes.attr,
	&xtcp_sysfs_timewait_bytes.attr,
	NULL
};

static const struct attribute_group xtcp_sysfs_group = { .attrs = xtcp_sysfs_list };
static const struct attribute_group xtcp_sysfs_counters = { .name = "counters", .attrs = xtcp_sysfs_counter_list };

static ssize_t xtcp_sysfs_counter_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int item = attr - xtcp_sysfs_counter;
	const struct net *net = current->nsproxy->net_ns;
	u64 sum = 0;

	/* a container learns nothing of its neighbours */
	if (!net_eq(net, &init_net))
		return sysfs_emit(buf, "%llu\n", xtcp_mib_read(net, item));
	down_read(&net_rwsem);
	for_each_net(net)
		sum += xtcp_mib_read(net, item);
	up_read(&net_rwsem);
	return sysfs_emit(buf, "%llu\n", sum);
}

/** xtcp_sysfs_init() - make the folder; -ENOMEM, -EEXIST */
int xtcp_sysfs_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < XTCP_SYSFS_COUNTERS; i++) {
		sysfs_attr_init(&xtcp_sysfs_counter[i].attr);
		xtcp_sysfs_counter[i].attr.name = xtcp_mib_name(i);
		xtcp_sysfs_counter[i].attr.mode = 0444;
		xtcp_sysfs_counter[i].show = xtcp_sysfs_counter_show;
		xtcp_sysfs_counter_list[i] = &xtcp_sysfs_counter[i].attr;
	}
	xtcp_sysfs_root = kobject_create_and_add("xtcp", kernel_kobj);
	if (!xtcp_sysfs_root)
		return -ENOMEM;
	err = sysfs_create_group(xtcp_sysfs_root, &xtcp_sysfs_group);
	if (!err)
		err = sysfs_create_group(xtcp_sysfs_root, &xtcp_sysfs_counters);
	if (!err)
		err = sysfs_create_group(xtcp_sysfs_root, &xtcp_params_group);
	if (!err)
		err = sysfs_create_link(xtcp_sysfs_root, &THIS_MODULE->mkobj.kobj, "module");
	if (err)
		xtcp_sysfs_exit();
	return err;
}

/** xtcp_sysfs_exit() - remove it; who reads a file is waited for */
void xtcp_sysfs_exit(void)
{
	kobject_del(xtcp_sysfs_root);
	kobject_put(xtcp_sysfs_root);
	xtcp_sysfs_root = NULL;
}
