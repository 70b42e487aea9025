// A JSON agent as FIWARE's is: devices speak MQTT, the broker is spoken to by FIWARE's own library
// (iotagent-node-lib), unmodified, from the folder that IOTAGENT_HOME names. A process of its own: that
// library is AGPL and no part of this product.
//
//   IOTAGENT_HOME=FOLDER node with_iotagent.js CONFIG.json MQTT_PORT
//
// Topics are those of FIWARE's IoT Agent JSON: measures on /json/KEY/DEVICE/attrs, commands on
// /KEY/DEVICE/cmd, their results on /json/KEY/DEVICE/cmdexe.
'use strict';

const fs = require('fs');
const path = require('path');
const modules = path.join(process.env.IOTAGENT_HOME, 'node_modules');
const lib = require(path.join(modules, 'iotagent-node-lib'));
const mqtt = require(path.join(modules, 'mqtt'));

const [, , file, port] = process.argv;
const config = JSON.parse(fs.readFileSync(file, 'utf8'));
const broker = mqtt.connect('mqtt://127.0.0.1:' + port);

function fail(error) {
    console.error('agent:', error.name || '', error.message || error);
}

function byKey(key, id, then) {
    lib.getDevice(id, key, config.service, config.subservice, (error, device) => (error ? fail(error) : then(device)));
}

function measured(key, id, body) {
    byKey(key, id, (device) => {
        const values = Object.keys(body).map((name) => {
            const known = (device.active || []).find((one) => one.object_id === name || one.name === name);
            return { name: known ? known.name : name, type: known ? known.type : 'string', value: body[name] };
        });
        lib.update(device.name, device.type, '', values, device, (error) => error && fail(error));
    });
}

function executed(key, id, body) {
    byKey(key, id, (device) => {
        for (const name of Object.keys(body)) {
            lib.setCommandResult(device.name, config.defaultResource, key, name, body[name], 'OK', device, (error) =>
                error && fail(error));
        }
    });
}

function told(id, type, service, subservice, attributes, callback) {
    lib.getDeviceByName(id, service, subservice, (error, device) => {
        if (error) {
            return callback(error);
        }
        const body = Object.fromEntries(attributes.map((one) => [one.name, one.value]));
        const topic = `/${device.apikey}/${device.id}/cmd`;
        broker.publish(topic, JSON.stringify(body), { qos: 1 }, (lost) => callback(lost || null, { id, type }));
    });
}

broker.on('message', (topic, payload) => {
    const [, , key, id, kind] = topic.split('/');
    (kind === 'attrs' ? measured : executed)(key, id, JSON.parse(payload));
});

broker.subscribe(['/json/+/+/attrs', '/json/+/+/cmdexe'], { qos: 1 }, () => {
    lib.activate(config, (error) => {
        if (error) {
            fail(error);
            process.exit(1);
        }
        lib.setCommandHandler(told);
        lib.setMergePatchHandler && lib.setMergePatchHandler(told);
        console.log('agent: ready');
    });
});
