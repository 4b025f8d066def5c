// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of the congestion control "xtcp". Each network namespace has its own, net.xtcp.cong_*, for XTCP's and the
 * kernel's TCP; a new one begins with the host's. Those of the host are also the module's (cong_*), so that they can
 * be given when it is loaded. All are bounded by core/cong.c; /sys/kernel/xtcp/congestion shows the bounds. Called at
 * load, at the beginning and end of a namespace, and by who reads and writes the files: process context.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <linux/sysfs.h>

#include "xtcp.h"

/* the host's; those of other namespaces lie in their xtcp_net */
static struct xtcp_law_params xtcp_params_host = XTCP_LAW_DEFAULTS;
static DEFINE_MUTEX(xtcp_params_lock);		/* writers of parameters, the host's and others */

/* Set one of @params, by its number, unless it is out of bounds. */
static int xtcp_params_set(struct xtcp_law_params *params, unsigned int i, u32 value)
{
	if (value < xtcp_law_bounds[i].min || value > xtcp_law_bounds[i].max)
		return -ERANGE;
	mutex_lock(&xtcp_params_lock);
	WRITE_ONCE(((u32 *)params)[i], value);
	mutex_unlock(&xtcp_params_lock);
	return 0;
}

/* ------------------------------------------------------------ of the module */

static int xtcp_params_module_set(const char *text, const struct kernel_param *kp)
{
	unsigned int i = (u32 *)kp->arg - (u32 *)&xtcp_params_host;
	u32 value;
	int err;

	err = kstrtou32(text, 0, &value);
	if (!err)
		err = xtcp_params_set(&xtcp_params_host, i, value);
	/* while the module is being loaded there are no namespaces yet */
	if (!err && xtcp_net_id)
		err = xtcp_params_set(&xtcp_net(&init_net)->law, i, value);
	return err;
}

static const struct kernel_param_ops xtcp_params_module_ops = {
	.set = xtcp_params_module_set,
	.get = param_get_uint,
};

#define XTCP_PARAM(field, text)										\
	module_param_cb(cong_##field, &xtcp_params_module_ops, &xtcp_params_host.field, 0644);		\
	MODULE_PARM_DESC(cong_##field, "congestion control: " text)

XTCP_PARAM(target_q8, "queue that a flow keeps, packets * 256 (384)");
XTCP_PARAM(floor_us, "queue allowed beyond that, us (100)");
XTCP_PARAM(loss_permille, "loss tolerated while no queue stands, 1/1000 (25)");
XTCP_PARAM(dip_ms, "time between two looks at the empty queue, ms (4000)");
XTCP_PARAM(compete, "be as CUBIC beside flows that fill the buffer (1)");

/* ------------------------------------------------------------ of a namespace: net.xtcp.cong_* */

static const char * const xtcp_params_name[XTCP_LAW_PARAMS] = {
	"cong_target_q8", "cong_floor_us", "cong_loss_permille", "cong_dip_ms", "cong_compete",
};

static int xtcp_params_sysctl(XTCP_COMPAT_CTL_TABLE *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct xtcp_law_params *params = table->extra1;
	unsigned int i = (u32 *)table->data - (u32 *)params;
	u32 value = READ_ONCE(*(u32 *)table->data);
	struct ctl_table tbl = { .data = &value, .maxlen = sizeof(value) };
	int err;

	err = proc_douintvec(&tbl, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	err = xtcp_params_set(params, i, value);
	if (!err && params == &xtcp_net(&init_net)->law)
		err = xtcp_params_set(&xtcp_params_host, i, value);
	return err;
}

/** xtcp_params_net_init() - a namespace begins, with the host's parameters; -ENOMEM */
int xtcp_params_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	struct ctl_table *table;
	unsigned int i;

	xn->law = xtcp_params_host;
	/* the last entry ends it */
	table = kcalloc(XTCP_LAW_PARAMS + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < XTCP_LAW_PARAMS; i++) {
		table[i].procname = xtcp_params_name[i];
		table[i].data = (u32 *)&xn->law + i;
		table[i].maxlen = sizeof(u32);
		table[i].mode = 0644;
		table[i].proc_handler = xtcp_params_sysctl;
		table[i].extra1 = &xn->law;
	}
	xn->law_sysctl = xtcp_compat_register_sysctl(net, "net/xtcp", table, XTCP_LAW_PARAMS);
	if (!xn->law_sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

/** xtcp_params_net_exit() - take its files away */
void xtcp_params_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	const struct ctl_table *table = xn->law_sysctl->ctl_table_arg;

	unregister_net_sysctl_table(xn->law_sysctl);
	xn->law_sysctl = NULL;
	kfree(table);
}

/* ------------------------------------------------------------ /sys/kernel/xtcp/congestion */

static struct kobj_attribute xtcp_params_file[3 * XTCP_LAW_PARAMS];

/* The host's value, and its bounds; a file each, read only: what sets them is above. */
static ssize_t xtcp_params_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	unsigned int i = (attr - xtcp_params_file) / 3;

	switch ((attr - xtcp_params_file) % 3) {
	case 0:
		return sysfs_emit(buf, "%u\n", READ_ONCE(((u32 *)&xtcp_params_host)[i]));
	case 1:
		return sysfs_emit(buf, "%u\n", xtcp_law_bounds[i].min);
	default:
		return sysfs_emit(buf, "%u\n", xtcp_law_bounds[i].max);
	}
}

#define XTCP_PARAM_FILE(file)	{ .attr = { .name = file, .mode = 0444 }, .show = xtcp_params_show }
#define XTCP_PARAM_FILES(name)	XTCP_PARAM_FILE(name), XTCP_PARAM_FILE(name "_min"), XTCP_PARAM_FILE(name "_max")
#define XTCP_PARAM_ATTRS(i)	&xtcp_params_file[3 * (i)].attr, &xtcp_params_file[3 * (i) + 1].attr, \
				&xtcp_params_file[3 * (i) + 2].attr

static struct kobj_attribute xtcp_params_file[3 * XTCP_LAW_PARAMS] = {
	XTCP_PARAM_FILES("target_q8"), XTCP_PARAM_FILES("floor_us"), XTCP_PARAM_FILES("loss_permille"),
	XTCP_PARAM_FILES("dip_ms"), XTCP_PARAM_FILES("compete"),
};

static struct attribute *xtcp_params_list[] = {
	XTCP_PARAM_ATTRS(0), XTCP_PARAM_ATTRS(1), XTCP_PARAM_ATTRS(2), XTCP_PARAM_ATTRS(3), XTCP_PARAM_ATTRS(4), NULL
};

const struct attribute_group xtcp_params_group = { .name = "congestion", .attrs = xtcp_params_list };
