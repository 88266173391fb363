/** A dialog over the screen: focus stays in it, Esc closes it, and goes back to where it was. */
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

export function Sheet(props: { readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => (isOpen ? undefined : props.onClose())}
    >
      <Modal className="sheet">
        <Dialog className="dialog">
          <Heading slot="title" className="dialog-title">
            {props.title}
          </Heading>
          {props.children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
